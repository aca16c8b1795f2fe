package io.github.oom4j.junit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Reads what a command prints, so that it never waits for a reader, and keeps the end of it. Its
 * daemon thread ends when all who could write have closed the pipe.
 */
final class OutputTail {

  private static final int KEPT = 2000;
  private static final long PATIENCE_SECONDS = 5;

  private final InputStream stream;
  private final Thread thread = new Thread(this::run, "oom4j-floor-output");
  private final ByteTail tail = new ByteTail(KEPT); // guarded by this

  private OutputTail(InputStream stream) {
    this.stream = stream;
  }

  static OutputTail of(InputStream stream) {
    OutputTail tail = new OutputTail(stream);
    tail.thread.setDaemon(true);
    tail.thread.start();
    return tail;
  }

  private void run() {
    byte[] part = new byte[8192];
    try (stream) {
      for (int read = stream.read(part); read >= 0; read = stream.read(part)) {
        synchronized (this) {
          tail.add(part, read);
        }
      }
    } catch (IOException e) {
      // Closed meanwhile: what there is, is the end.
    }
  }

  /** The end of it; to be called when the box is gone, so that nobody writes any more. */
  String text() throws InterruptedException {
    TimeUnit.SECONDS.timedJoin(thread, PATIENCE_SECONDS);
    synchronized (this) {
      return new String(tail.bytes(), StandardCharsets.UTF_8);
    }
  }
}
