package io.github.oom4j.kmsg;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;

/**
 * The chunks of a file in order, some of them read ahead in the common pool. Whoever asks for the
 * next chunk reads, too, while it is not there: a pool that is busy or has no thread costs speed,
 * not progress.
 */
final class ReadAhead {

  private static final int BUFFER = 1 << 17;

  /** More would wait for memory, and each needs some: so it is a few MiB on any machine. */
  private static final int MOST_HELPERS = 15;

  private final LogFile file;
  private final int helpers;
  private final Deque<FutureTask<LogChunk>> ahead = new ArrayDeque<>();
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
  private long nextChunk;
  private volatile boolean closed;

  ReadAhead(LogFile file) {
    this.file = file;
    this.helpers =
        Math.min(
            ForkJoinPool.getCommonPoolParallelism(),
            Math.min(Runtime.getRuntime().availableProcessors() - 1, MOST_HELPERS));
  }

  /** The next chunk; behind the end of the file, empty ones without end. An interrupt ends it. */
  LogChunk next() throws IOException {
    while (ahead.size() <= 4 * helpers) {
      startOne();
    }
    FutureTask<LogChunk> first = ahead.remove();
    first.run(); // here, unless it runs or ran elsewhere
    for (FutureTask<LogChunk> other : ahead) {
      if (first.isDone()) {
        break;
      }
      other.run();
    }
    try {
      return first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void startOne() {
    long from = nextChunk * LogChunk.SIZE;
    nextChunk++;
    // A class and no lambda: the first of those costs as much as reading some 50 MB.
    FutureTask<LogChunk> task = new FutureTask<>(new Read(from));
    ahead.add(task);
    if (helpers > 0) {
      ForkJoinPool.commonPool().execute(task);
    }
  }

  /** Nothing more is read. */
  void close() {
    closed = true;
    for (FutureTask<LogChunk> task : ahead) {
      task.cancel(false);
    }
  }

  private final class Read implements Callable<LogChunk> {

    private final long from;

    Read(long from) {
      this.from = from;
    }

    @Override
    public LogChunk call() throws IOException {
      if (closed) {
        throw new IOException("closed");
      }
      ByteBuffer free = buffers.poll();
      ByteBuffer buffer =
          free != null ? free : ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
      try {
        return LogChunk.read(file, from, buffer);
      } finally {
        buffers.add(buffer);
      }
    }
  }
}
