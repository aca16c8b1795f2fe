package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Passes on what a process prints, on the thread that waits for it, so that test reports attribute
 * it to the right test; keeps the end of it. Uses little memory whatever comes: what is not taken
 * away in time makes the process wait, and what is too much is counted and dropped.
 */
final class BoxOutput {

  private static final int CHUNK = 16 << 10;
  private static final long MOST_PASSED_ON = 8 << 20;
  private static final int TAIL = 16 << 10;
  private static final int TAIL_LINES = 20;
  private static final int TAIL_LINE = 400;

  /** Some bytes for a stream; none at its end. */
  private static final class Chunk {
    final PrintStream to;
    final byte[] bytes;

    Chunk(PrintStream to, byte[] bytes) {
      this.to = to;
      this.bytes = bytes;
    }
  }

  private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(8);
  private final Process process;
  private int open = 2;
  private final ByteTail tail = new ByteTail(TAIL);

  BoxOutput(Process process) {
    this.process = process;
    read(process.getInputStream(), System.out);
    read(process.getErrorStream(), System.err);
  }

  private void read(InputStream from, PrintStream to) {
    Thread reader =
        new Thread(
            () -> {
              try (from) {
                byte[] buffer = new byte[CHUNK];
                for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
                  chunks.put(new Chunk(to, Arrays.copyOf(buffer, count)));
                }
              } catch (IOException | InterruptedException e) {
                // The end of it, too.
              } finally {
                end(to);
              }
            },
            "oom4j-output-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  private void end(PrintStream to) {
    try {
      chunks.put(new Chunk(to, new byte[0]));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Passes on until the process has ended; others may hold its streams, and write, for longer. */
  void untilExit() throws InterruptedException {
    while (open > 0 && process.isAlive()) {
      take(20);
    }
    process.waitFor();
  }

  /** Passes on until the process has ended, for some time, not heeding interrupts. */
  boolean untilExit(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    boolean interrupted = false;
    while (process.isAlive() && System.nanoTime() < end) {
      interrupted |= takePatiently();
    }
    restore(interrupted);
    return !process.isAlive();
  }

  /** Passes on the rest, when nobody can write any more, and says what was dropped. */
  void rest() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    boolean interrupted = false;
    while (open > 0 && System.nanoTime() < end) {
      interrupted |= takePatiently();
    }
    restore(interrupted);
    if (tail.length() > MOST_PASSED_ON) {
      System.out.println(
          "\n[oom4j] the test printed %s; only the first %s are shown"
              .formatted(ByteSize.bytes(tail.length()), ByteSize.bytes(MOST_PASSED_ON)));
    }
  }

  private boolean takePatiently() {
    boolean interrupted = Thread.interrupted();
    try {
      take(20);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    return interrupted;
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(long millis) throws InterruptedException {
    Chunk chunk = chunks.poll(millis, TimeUnit.MILLISECONDS);
    if (chunk == null) {
      return;
    }
    byte[] bytes = chunk.bytes;
    if (bytes.length == 0) {
      open--;
      chunk.to.flush();
      return;
    }
    int room = (int) Math.max(0, Math.min(bytes.length, MOST_PASSED_ON - tail.length()));
    chunk.to.write(bytes, 0, room);
    tail.add(bytes, bytes.length);
  }

  /** The last lines, each cut where it is very long. */
  List<String> lastLines() {
    List<String> lines =
        new String(tail.bytes(), Charset.defaultCharset())
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - TAIL_LINES))
        .map(line -> line.length() <= TAIL_LINE ? line : line.substring(0, TAIL_LINE) + "...")
        .toList();
  }

  /** How much it printed in all, to stand before {@link #lastLines()}. */
  String amount() {
    long total = tail.length();
    if (total == 0) {
      return "none";
    }
    int lines = lastLines().size();
    return lines < TAIL_LINES && total <= TAIL
        ? ByteSize.bytes(total) + ":"
        : "the last %d lines of %s:".formatted(lines, ByteSize.bytes(total));
  }
}
