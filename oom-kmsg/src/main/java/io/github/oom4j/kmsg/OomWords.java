package io.github.oom4j.kmsg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds where in a log an OOM is spoken of, by looking at one aligned word of eight bytes in eight
 * bytes. Whatever its alignment, a text of 15 bytes or more holds one such word whole. The words of
 * all {@link OomLines#PHRASES} have places of their own in a hash table that fits the first-level
 * cache, so one multiplication and one comparison decide. A word that is none may be found once in
 * some billions; one that is, always.
 *
 * <p>Plain loops and no lambdas: this is on the way to the first event of a process.
 */
final class OomWords {

  static final int WORD = Long.BYTES;

  /** The shortest text that holds a whole word at any alignment. */
  static final int SHORTEST_PHRASE = 2 * WORD - 1;

  private static final int PLACE_BITS = 13;

  /** Leaves the place above 32 bits that tell the words of one place apart. */
  private static final int SHIFT = Long.SIZE - PLACE_BITS - Integer.SIZE;

  /** Gives each word of today's phrases a place of its own; only a start where they change. */
  static final long FIRST_MULTIPLIER = 0x9E3779B97F4A7C15L;

  private static final long SPACE_PROCESS = ascii(" process").getLong();
  private static final long PROCESS_SPACE = ascii("process ").getLong();
  private static final long KILLED = ascii("Killed p").getLong();
  private static final long MEMORY = ascii("memory: ").getLong();
  private static final long USAGE = ascii(": usage ").getLong();

  private static final int[] TABLE = new int[1 << PLACE_BITS];
  static final long MULTIPLIER;

  static {
    long multiplier = FIRST_MULTIPLIER;
    while (!fill(multiplier)) {
      multiplier = next(multiplier);
    }
    MULTIPLIER = multiplier;
  }

  private OomWords() {}

  /**
   * The first such word.
   *
   * @param bytes a part of the log, in native order, that begins in the file at a multiple of eight
   * @param from where to begin; a multiple of eight
   * @param to where to end; a multiple of eight
   * @return where the word is, or -1
   */
  static int next(ByteBuffer bytes, int from, int to) {
    int[] table = TABLE;
    long multiplier = MULTIPLIER;
    for (int i = from; i < to; i += WORD) {
      long hash = (bytes.getLong(i) * multiplier) >>> SHIFT;
      if (table[(int) (hash >>> Integer.SIZE)] == (int) hash && isMeant(bytes, i, to)) {
        return i;
      }
    }
    return -1;
  }

  /** Words of everyday lines are looked at together with what is beside them in ours. */
  private static boolean isMeant(ByteBuffer bytes, int at, int to) {
    long word = bytes.getLong(at);
    if (word == SPACE_PROCESS && at >= 6) {
      return bytes.getLong(at - 6) == KILLED;
    }
    if (word == PROCESS_SPACE && at >= 7) {
      return bytes.getLong(at - 7) == KILLED;
    }
    if (word == MEMORY && at + 6 + WORD <= to) {
      return bytes.getLong(at + 6) == USAGE;
    }
    return true;
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.nativeOrder());
  }

  private static boolean fill(long multiplier) {
    Arrays.fill(TABLE, 0);
    // A word of zeros has the place 0 and the rest 0, as an empty place has.
    TABLE[0] = -1;
    for (String phrase : OomLines.PHRASES) {
      ByteBuffer bytes = ascii(phrase);
      for (int i = 0; i + WORD <= bytes.limit(); i++) {
        long hash = (bytes.getLong(i) * multiplier) >>> SHIFT;
        int place = (int) (hash >>> Integer.SIZE);
        if (place == 0 || (TABLE[place] != 0 && TABLE[place] != (int) hash)) {
          return false;
        }
        TABLE[place] = (int) hash;
      }
    }
    return true;
  }

  /** Another odd number: Knuth's linear congruential generator, its low bit set. */
  private static long next(long multiplier) {
    return (multiplier * 6364136223846793005L + 1442695040888963407L) | 1;
  }
}
