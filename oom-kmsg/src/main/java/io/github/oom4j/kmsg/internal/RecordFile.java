package io.github.oom4j.kmsg.internal;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/**
 * A regular file of raw records, one a line, that stands in for the device in tests. Whoever
 * appends to it plays the kernel.
 */
public final class RecordFile implements RecordSource {

  private static final int BLOCK = 65_536;

  private final Path path;
  private final FileChannel channel;
  private final WatchService watcher;
  private final byte[] block = new byte[BLOCK];
  private int at;
  private int filled;
  private boolean following;

  private RecordFile(Path path, FileChannel channel, WatchService watcher) {
    this.path = path;
    this.channel = channel;
    this.watcher = watcher;
  }

  /**
   * Opens the file, at its start.
   *
   * @param path the file
   * @return the file, open
   * @throws io.github.oom4j.OomException if it can't be opened
   */
  public static RecordFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        WatchService watcher = path.getFileSystem().newWatchService();
        return new RecordFile(path, channel, watcher);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw KernelFile.failure("read the kernel log", path, e, "");
    }
  }

  /** Skips all records so far, and begins to watch for new ones. */
  public void seekToEnd() {
    following = true;
    try {
      Path directory = path.toAbsolutePath().getParent();
      if (directory != null) {
        directory.register(watcher, StandardWatchEventKinds.ENTRY_MODIFY);
      }
      channel.position(channel.size());
    } catch (IOException e) {
      throw KernelFile.failure("watch the kernel log", path, e, "");
    }
  }

  @Override
  public int read(byte[] buffer) {
    try {
      int end = endOfLine();
      while (end < 0 && fill()) {
        end = endOfLine();
      }
      if (end < 0 && (following || at == filled) && filled - at < BLOCK) {
        return DRAINED; // half a line: its writer is not done
      }
      int next = end < 0 ? filled : end + 1;
      int length = Math.min(next - at, buffer.length);
      System.arraycopy(block, at, buffer, 0, length);
      at = next;
      return length;
    } catch (IOException e) {
      throw new KernelIoException("could not read on in " + path + ": " + e.getMessage(), e);
    }
  }

  private int endOfLine() {
    for (int i = at; i < filled; i++) {
      if (block[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private boolean fill() throws IOException {
    System.arraycopy(block, at, block, 0, filled - at);
    filled -= at;
    at = 0;
    if (filled == BLOCK) {
      return false;
    }
    int n = channel.read(ByteBuffer.wrap(block, filled, BLOCK - filled));
    if (n > 0) {
      filled += n;
    }
    return n > 0;
  }

  @Override
  public boolean await(int timeoutMillis) {
    try {
      WatchKey key =
          timeoutMillis < 0 ? watcher.take() : watcher.poll(timeoutMillis, TimeUnit.MILLISECONDS);
      if (key == null) {
        return false;
      }
      key.pollEvents();
      key.reset();
      return true;
    } catch (ClosedWatchServiceException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void wakeUp() {
    try {
      watcher.close();
    } catch (IOException e) {
      throw new KernelIoException("could not stop watching " + path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try (channel) {
      watcher.close();
    } catch (IOException e) {
      throw new KernelIoException("could not close " + path + ": " + e.getMessage(), e);
    }
  }
}
