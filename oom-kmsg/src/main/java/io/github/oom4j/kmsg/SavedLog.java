package io.github.oom4j.kmsg;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.kmsg.internal.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Spliterators;
import java.util.function.Consumer;

/**
 * The kills of a saved log, read as they are asked for. Lines that can't matter are skipped as
 * bytes. Memory does not grow with the file: a line is cut at {@value #LONGEST_LINE} bytes.
 */
final class SavedLog extends Spliterators.AbstractSpliterator<OomKillEvent> {

  /** The longest line that is read; a record has at most 8192 bytes. */
  static final int LONGEST_LINE = 16_384;

  private static final int BLOCK = 32_768;

  private final InputStream in;
  private final String name;
  private final OomKillParser parser = new OomKillParser();
  private final Deque<OomKillEvent> found = new ArrayDeque<>();
  private final byte[] buffer = new byte[BLOCK + LONGEST_LINE];
  private int at;
  private int filled;
  private final byte[] previous = new byte[LONGEST_LINE];
  private int previousLength;
  private boolean ended;

  SavedLog(InputStream in, String name) {
    super(Long.MAX_VALUE, ORDERED | NONNULL);
    this.in = new Unpacking(in, name);
    this.name = name;
  }

  @Override
  public boolean tryAdvance(Consumer<? super OomKillEvent> action) {
    try {
      while (found.isEmpty() && !ended) {
        readLine();
      }
    } catch (IOException e) {
      throw new KernelIoException("could not read on in " + name + ": " + e.getMessage(), e);
    }
    OomKillEvent next = found.poll();
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
    if (end >= 0) {
      line(at, end);
      at = end + 1;
    } else if (filled - at >= LONGEST_LINE) {
      line(at, at + LONGEST_LINE);
      at += LONGEST_LINE;
      if (!parser.isStructured()) { // all of a log can be one line of JSON
        dropRestOfLine();
      }
    } else {
      if (at < filled) {
        line(at, filled);
      }
      found.addAll(parser.flush());
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

  private void line(int from, int to) {
    int cut = Math.min(to, from + LONGEST_LINE);
    int end = cut > from && buffer[cut - 1] == '\r' ? cut - 1 : cut;
    boolean idle = parser.isIdle();
    if (idle && !OomLines.mentions(buffer, from, end)) {
      previousLength = end - from;
      System.arraycopy(buffer, from, previous, 0, previousLength);
      return;
    }
    if (idle) {
      // A name with a newline in it begins on the line before.
      accept(previous, 0, previousLength);
    }
    accept(buffer, from, end - from);
    previousLength = 0;
  }

  private void accept(byte[] bytes, int from, int length) {
    found.addAll(parser.acceptLine(new String(bytes, from, length, StandardCharsets.UTF_8)));
  }
}
