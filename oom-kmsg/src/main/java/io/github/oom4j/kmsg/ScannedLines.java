package io.github.oom4j.kmsg;

import io.github.oom4j.OomLogEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Queue;

/**
 * Reads lines of a file from a position on, and, while no report is open, jumps to where the next
 * OOM is spoken of. Stands always at the start of a line.
 */
final class ScannedLines {

  /** How far before such a place to begin: a line may have been wrapped or printed in pieces. */
  static final int BEFORE = 4096;

  private static final int BLOCK = 16_384;

  /** So many kills are not left waiting for somebody who takes them. */
  private static final int MOST_KILLS = 32;

  private final LogFile file;
  private final SavedLines lines = new SavedLines();
  private final byte[] buffer = new byte[BLOCK + SavedLines.LONGEST_LINE];
  private long base;
  private int filled;
  private long at;

  ScannedLines(LogFile file, long from) {
    this.file = file;
    this.at = from;
    this.base = from;
  }

  /**
   * Reads the lines that begin before {@code to}, or fewer, if kills are found: call it again when
   * they are taken.
   *
   * @param places which {@link LogChunk#PLACE places} from {@code from} on may matter
   */
  void read(BitSet places, long from, long to) throws IOException {
    while (at < to
        && lines.found().size() < MOST_KILLS
        && (!lines.isIdle() || jump(places, from, to))
        && at < to
        && readLine()) {}
  }

  /** Reads one line that stands at {@code position}, which ends what is open if anything is. */
  void readHeader(long position) throws IOException {
    if (!lines.isIdle() && at == position && readLine()) {
      lines.endMessage();
    }
  }

  void end() {
    lines.end();
  }

  Queue<OomLogEvent> found() {
    return lines.found();
  }

  private boolean jump(BitSet places, long from, long to) throws IOException {
    int place = places.nextSetBit((int) (Math.max(0, at - from) / LogChunk.PLACE));
    long target = from + (long) place * LogChunk.PLACE;
    if (place < 0 || target >= to) {
      return false;
    }
    if (target - BEFORE > at) {
      if (!holds(target - BEFORE, target)) {
        load(target - BEFORE);
      }
      long line = startOfLine(target);
      // A name with a newline in it begins on the line before.
      long before = line > at ? startOfLine(line - 1) : at;
      at = Math.min(before, startOfLine(target - BEFORE));
      lines.skip();
    }
    return true;
  }

  /** Where the line begins that the byte at {@code position} belongs to; not before {@code at}. */
  private long startOfLine(long position) throws IOException {
    long to = position;
    while (to > at) {
      if (!holds(to - 1, to)) {
        load(Math.max(at, to - BLOCK));
        if (!holds(to - 1, to)) { // the file was truncated
          return at;
        }
      }
      long start = Math.max(at, base);
      for (int i = (int) (to - base) - 1; i >= start - base; i--) {
        if (buffer[i] == '\n') {
          return base + i + 1;
        }
      }
      to = start;
    }
    return at;
  }

  /**
   * Moves to a report whose header begins it for certain, whatever the lines before it say.
   *
   * @param place the first place that may matter after {@link #BEFORE} bytes without any
   * @return where the header's line begins, or -1 if there is no such line
   */
  long moveToHeader(long place) throws IOException {
    load(Math.max(0, place - BEFORE));
    int from = (int) (place - base);
    int to = Math.min(filled, from + LogChunk.PLACE) & -OomWords.WORD;
    int word = OomWords.next(ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder()), from, to);
    at = base;
    long line = word < 0 ? -1 : startOfLine(base + word);
    int end = word < 0 ? -1 : endOfLine(word);
    if (end < 0 || (base > 0 && startOfLine(line - 1) == base)) {
      return -1;
    }
    at = base == 0 ? 0 : base + endOfLine(0) + 1;
    int start = (int) (line - base);
    return ReportStart.is(new String(buffer, start, end - start, StandardCharsets.UTF_8))
        ? line
        : -1;
  }

  private boolean holds(long from, long to) {
    return from >= base && to <= base + filled;
  }

  /** False at the end of the file. */
  private boolean readLine() throws IOException {
    if (at < base || at > base + filled) {
      load(at);
    }
    int from = (int) (at - base);
    int end = endOfLine(from);
    if (end < 0) {
      load(at);
      from = 0;
      end = endOfLine(0);
    }
    if (end >= 0) {
      lines.accept(buffer, from, end);
      at += end - from + 1;
      return true;
    }
    if (filled == 0) {
      return false;
    }
    lines.accept(buffer, 0, filled);
    at += filled;
    while (filled == buffer.length) { // drops the rest of a line that is too long
      load(at);
      end = endOfLine(0);
      at += end >= 0 ? end + 1 : filled;
      if (end >= 0) {
        return true;
      }
    }
    return true;
  }

  private int endOfLine(int from) {
    for (int i = from; i < filled; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void load(long position) throws IOException {
    ByteBuffer target = ByteBuffer.wrap(buffer);
    file.read(target, position);
    base = position;
    filled = target.position();
  }
}
