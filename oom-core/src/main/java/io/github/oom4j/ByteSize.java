package io.github.oom4j;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory: zero or more bytes, at most 2<sup>63</sup>-1.
 *
 * <p>Immutable and thread-safe. The text form is the one that {@code free -h} prints, so it is
 * short and rounded; use {@link #bytes()} where the exact number matters.
 *
 * @param bytes the size in bytes, 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

  /** No memory at all. */
  public static final ByteSize ZERO = new ByteSize(0);

  private static final Pattern TEXT = Pattern.compile("([0-9]+)(?:\\.([0-9]+))?([KMGTPE]i?|B)?");
  private static final String UNITS = "BKMGTPE";

  /**
   * A size of that many bytes.
   *
   * @param bytes the component of that name
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is 0 bytes or more, not " + bytes);
    }
  }

  /**
   * A size in bytes.
   *
   * @param bytes the number of bytes, 0 or more
   * @return the size
   * @throws IllegalArgumentException if it is negative
   */
  public static ByteSize bytes(long bytes) {
    return bytes == 0 ? ZERO : new ByteSize(bytes);
  }

  /**
   * A size in KiB of 1024 bytes: what kernel files and logs call {@code kB}.
   *
   * @param kibibytes the number of KiB, 0 or more
   * @return the size
   * @throws IllegalArgumentException if it is negative or 2<sup>63</sup> bytes or more
   */
  public static ByteSize kibibytes(long kibibytes) {
    return scaled(kibibytes, 10);
  }

  /**
   * A size in MiB of 1024 KiB.
   *
   * @param mebibytes the number of MiB, 0 or more
   * @return the size
   * @throws IllegalArgumentException if it is negative or 2<sup>63</sup> bytes or more
   */
  public static ByteSize mebibytes(long mebibytes) {
    return scaled(mebibytes, 20);
  }

  /**
   * A size in GiB of 1024 MiB.
   *
   * @param gibibytes the number of GiB, 0 or more
   * @return the size
   * @throws IllegalArgumentException if it is negative or 2<sup>63</sup> bytes or more
   */
  public static ByteSize gibibytes(long gibibytes) {
    return scaled(gibibytes, 30);
  }

  private static ByteSize scaled(long count, int shift) {
    if (count < 0 || count > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException(
          "a size is 0 to 2^63-1 bytes, not " + count + " times 2^" + shift);
    }
    return bytes(count << shift);
  }

  /**
   * Reads a size as systemd writes it in {@code MemoryMax=} (systemd.resource-control(5)): a
   * decimal number, optionally with a fraction, and one of the suffixes {@code K M G T P E} to the
   * base 1024, or {@code B} or nothing for bytes. {@code Ki}, {@code Mi} and so on, as {@link
   * #toString()} prints them, mean the same. A fraction of a byte is cut off.
   *
   * @param text for example {@code 200M}, {@code 1.5G}, {@code 4096}
   * @return the size
   * @throws IllegalArgumentException if the text is anything else, is negative, or means
   *     2<sup>63</sup> bytes or more; the message quotes the text
   */
  public static ByteSize parse(CharSequence text) {
    Matcher matcher = TEXT.matcher(text);
    // More digits than that can't be a size, and would only keep BigDecimal busy.
    if (text.length() > 64 || !matcher.matches()) {
      throw new IllegalArgumentException(
          "not a memory size: '"
              + abbreviated(text)
              + "'; expected a number of 0 or more with one of the suffixes K M G T P E, such as"
              + " 200M or 1.5G");
    }
    String suffix = matcher.group(3);
    int unit = suffix == null ? 0 : UNITS.indexOf(suffix.charAt(0));
    String fraction = matcher.group(2) == null ? "0" : matcher.group(2);
    BigInteger bytes =
        new BigDecimal(matcher.group(1) + "." + fraction)
            .multiply(new BigDecimal(BigInteger.ONE.shiftLeft(10 * unit)))
            .toBigInteger();
    if (bytes.bitLength() > 63) {
      throw new IllegalArgumentException(
          "memory size too large: '" + abbreviated(text) + "' is 2^63 bytes or more");
    }
    return bytes(bytes.longValueExact());
  }

  private static String abbreviated(CharSequence text) {
    return text.length() <= 64 ? text.toString() : text.subSequence(0, 61) + "...";
  }

  /**
   * This size in whole KiB of 1024 bytes, rounded down.
   *
   * @return the number of KiB
   */
  public long toKibibytes() {
    return bytes >> 10;
  }

  /**
   * The sum of two sizes.
   *
   * @param other what to add
   * @return the sum
   * @throws ArithmeticException if it is 2<sup>63</sup> bytes or more
   */
  public ByteSize plus(ByteSize other) {
    return bytes(Math.addExact(bytes, other.bytes));
  }

  /**
   * The difference of two sizes, or {@link #ZERO} where it would be negative: kernel counters are
   * read one after the other, so "total - free" may come out a little below nothing.
   *
   * @param other what to take away
   * @return the difference, never negative
   */
  public ByteSize minusOrZero(ByteSize other) {
    return bytes(Math.max(0, bytes - other.bytes));
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /**
   * The size as {@code free -h} prints it, to the character (procps-ng 4, {@code free.c}): the
   * smallest unit in which it fits the column, such as {@code 980B}, {@code 9.8Ki}, {@code 200Mi}.
   *
   * @return a text of at most six characters
   */
  @Override
  public String toString() {
    if (bytes < 1000) {
      return bytes + "B";
    }
    for (int unit = 1; unit < UNITS.length(); unit++) {
      double quotient = bytes / (double) (1L << (10 * unit));
      // procps passes a float to printf("%.1f"), and C rounds its exact value half to even.
      BigDecimal tenths = new BigDecimal((double) (float) quotient);
      String text = tenths.setScale(1, RoundingMode.HALF_EVEN).toPlainString();
      if (text.length() <= 3) {
        return text + UNITS.charAt(unit) + "i";
      }
      String whole = Long.toString((long) quotient);
      if (whole.length() <= 3) {
        return whole + UNITS.charAt(unit) + "i";
      }
    }
    return (bytes >> 60) + "Ei";
  }
}
