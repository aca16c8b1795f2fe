package io.github.oom4j.kmsg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * A stretch of a log file: where in it an OOM is spoken of, and, from its first {@link ReportStart}
 * on, a reader that has read it. What stands before that, whoever read the stretch before has to
 * read.
 */
final class LogChunk {

  /** How many bytes it has. */
  static final int SIZE = 1 << 20;

  /** Whether an OOM is spoken of is remembered of so many bytes together. */
  static final int PLACE = 64;

  private final long from;
  private final BitSet places = new BitSet(SIZE / PLACE);
  private long to;
  private long header = -1;
  private ScannedLines reader;

  private LogChunk(LogFile file, long from) {
    this.from = from;
    this.reader = new ScannedLines(file, from);
  }

  /**
   * Reads one.
   *
   * @param from a multiple of {@link #SIZE}
   * @param buffer to read into, in native order; its size is a multiple of {@link #PLACE}
   */
  static LogChunk read(LogFile file, long from, ByteBuffer buffer) throws IOException {
    LogChunk chunk = new LogChunk(file, from);
    long last = chunk.scan(file, buffer);
    chunk.findHeader(last);
    if (chunk.hasHeader()) {
      chunk.reader.read(chunk.places, from, chunk.to);
    }
    return chunk;
  }

  /** Returns where the last word before this chunk ends, not farther away than it matters. */
  private long scan(LogFile file, ByteBuffer buffer) throws IOException {
    long begin = Math.max(0, from - ScannedLines.BEFORE);
    long last = from - ScannedLines.BEFORE;
    to = begin;
    boolean more = true;
    while (more && to < from + SIZE) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), from + SIZE - to));
      file.read(buffer, to);
      int length = buffer.position();
      more = !buffer.hasRemaining();
      // Up to the next word's end, bytes of an earlier read: what they hold is read once more.
      buffer.limit(buffer.capacity());
      int end = Math.min(buffer.capacity(), (length + OomWords.WORD - 1) & -OomWords.WORD);
      for (int i = OomWords.next(buffer, 0, end); i >= 0; i = OomWords.next(buffer, i, end)) {
        if (to + i < from) {
          last = to + i + OomWords.WORD;
        } else {
          places.set((int) ((to + i - from) / PLACE));
        }
        i = Math.min(end, (i | (PLACE - 1)) + 1);
      }
      to += length;
    }
    return last;
  }

  private void findHeader(long lastWord) throws IOException {
    long last = lastWord;
    for (int i = places.nextSetBit(0); i >= 0 && header < 0; i = places.nextSetBit(i + 1)) {
      long place = from + (long) i * PLACE;
      if (place - last >= ScannedLines.BEFORE) {
        header = reader.moveToHeader(place);
      }
      last = place + PLACE;
    }
  }

  /** Whether this is where the file ends. */
  boolean isLast() {
    return to < from + SIZE;
  }

  boolean hasHeader() {
    return header >= 0;
  }

  /** Goes on with a reader that stands before the first header, or in the chunk before. */
  void readUpToHeader(ScannedLines before) throws IOException {
    before.read(places, from, hasHeader() ? header : to);
  }

  /** The reader that has passed the header. */
  ScannedLines atHeader(ScannedLines before) throws IOException {
    before.readHeader(header);
    return reader;
  }

  /** Goes on with a reader that has passed the header. */
  void readToEnd(ScannedLines after) throws IOException {
    after.read(places, from, to);
  }
}
