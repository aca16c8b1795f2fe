package io.github.oom4j.kmsg;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One record of {@code /dev/kmsg}: what one read(2) returns. Immutable and thread-safe.
 *
 * <p>Format: {@code prio,sequence,microseconds,flag[,key=value...];text}, since kernel 3.5
 * (Documentation/ABI/testing/dev-kmsg). Dictionary lines after the text are ignored.
 *
 * @param facility who wrote it: 0 is the kernel, anything else is user space
 * @param level 0 (emergency) to 7 (debug)
 * @param sequence the record's number since boot; a gap means lost records
 * @param sinceBoot time on the kernel's printk clock, in microseconds; close to {@code
 *     CLOCK_MONOTONIC}, not exactly ordered between CPUs
 * @param flag {@code -} for a whole line, {@code c} or {@code +} for a fragment of one
 * @param caller the {@code caller=} key, such as {@code T123} for a task or {@code C0} for a CPU in
 *     interrupt; since 5.1, where built with PRINTK_CALLER
 * @param text the message, its escapes undone, decoded as UTF-8 with U+FFFD for what is not UTF-8
 */
public record KmsgRecord(
    int facility,
    int level,
    long sequence,
    Duration sinceBoot,
    char flag,
    Optional<String> caller,
    String text) {

  /**
   * Reads one record.
   *
   * @param bytes holds the record; it may end with a newline and dictionary lines
   * @param offset where the record starts
   * @param length how many bytes it has
   * @return the record, or empty if the bytes are not one
   * @throws IndexOutOfBoundsException if offset and length do not lie within the array
   */
  public static Optional<KmsgRecord> parse(byte[] bytes, int offset, int length) {
    return RawRecord.parse(bytes, offset, length);
  }

  /**
   * Reads one record.
   *
   * @param bytes the record; it may end with a newline and dictionary lines
   * @return the record, or empty if the bytes are not one
   */
  public static Optional<KmsgRecord> parse(byte[] bytes) {
    return RawRecord.parse(bytes, 0, bytes.length);
  }

  /**
   * Reads one record.
   *
   * @param text the record as text; it may end with a newline and dictionary lines
   * @return the record, or empty if the text is not one
   */
  public static Optional<KmsgRecord> parse(CharSequence text) {
    return parse(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether the kernel itself wrote this: facility 0. User space can't write such a record, except
   * on kernels before 4.4.
   *
   * @return true for facility 0
   */
  public boolean fromKernel() {
    return facility == 0;
  }

  /**
   * Whether this is a fragment of a line that was printed in pieces.
   *
   * @return true for the flags {@code c} and {@code +}
   */
  public boolean isFragment() {
    return flag == 'c' || flag == '+';
  }
}
