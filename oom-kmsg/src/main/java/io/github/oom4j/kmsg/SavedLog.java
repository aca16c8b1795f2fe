package io.github.oom4j.kmsg;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.kmsg.internal.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.util.Spliterators;
import java.util.function.Consumer;

/**
 * All that the OOM killer said in a saved log, read as they are asked for. Lines that can't matter
 * are skipped as bytes. Memory does not grow with the file: a line is cut at {@value
 * SavedLines#LONGEST_LINE} bytes.
 */
final class SavedLog extends Spliterators.AbstractSpliterator<OomLogEvent> {

  private static final int LONGEST_LINE = SavedLines.LONGEST_LINE;

  private static final int BLOCK = 32_768;

  private final InputStream in;
  private final String name;
  private final SavedLines lines = new SavedLines();
  private final byte[] buffer = new byte[BLOCK + LONGEST_LINE];
  private int at;
  private int filled;
  private boolean ended;

  SavedLog(InputStream in, String name) {
    super(Long.MAX_VALUE, ORDERED | NONNULL);
    this.in = new Unpacking(in, name);
    this.name = name;
  }

  @Override
  public boolean tryAdvance(Consumer<? super OomLogEvent> action) {
    try {
      while (lines.found().isEmpty() && !ended) {
        readLine();
      }
    } catch (IOException e) {
      throw new KernelIoException("could not read on in " + name + ": " + e.getMessage(), e);
    }
    OomLogEvent next = lines.found().poll();
    if (next == null) {
      return false;
    }
    action.accept(next);
    return true;
  }

  private void readLine() throws IOException {
    int end = endOfLine(at);
    while (end < 0 && filled - at < LONGEST_LINE && fill()) {
      end = endOfLine(at);
    }
    if (end >= 0 && end - at <= LONGEST_LINE) {
      lines.accept(buffer, at, end);
      at = end + 1;
    } else if (filled - at >= LONGEST_LINE) {
      lines.accept(buffer, at, at + LONGEST_LINE);
      at += LONGEST_LINE;
      if (!lines.isStructured()) { // all of a log can be one line of JSON
        dropRestOfLine();
      }
    } else {
      if (at < filled) {
        lines.accept(buffer, at, filled);
      }
      lines.end();
      ended = true;
      in.close();
    }
  }

  private void dropRestOfLine() throws IOException {
    int end = endOfLine(at);
    while (end < 0) {
      at = filled;
      if (!fill()) {
        return;
      }
      end = endOfLine(at);
    }
    at = end + 1;
  }

  private int endOfLine(int from) {
    for (int i = from; i < filled; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private boolean fill() throws IOException {
    if (at > 0) {
      System.arraycopy(buffer, at, buffer, 0, filled - at);
      filled -= at;
      at = 0;
    }
    int n = in.read(buffer, filled, Math.min(BLOCK, buffer.length - filled));
    if (n > 0) {
      filled += n;
    }
    return n > 0;
  }
}
