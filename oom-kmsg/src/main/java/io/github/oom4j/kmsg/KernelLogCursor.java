package io.github.oom4j.kmsg;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the kernel's log, to go on from after a restart: {@link KernelLogStart#at}. Everything
 * before it has been handed over. Immutable and thread-safe; {@link #toString()} is its text, which
 * {@link #parse} reads.
 *
 * @param bootId the boot that the sequence number is of: {@code /proc/sys/kernel/random/boot_id}
 * @param sequence the sequence number of the first record that is still to be read, 0 or more
 */
public record KernelLogCursor(UUID bootId, long sequence) {

  private static final Pattern TEXT =
      Pattern.compile("boot=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}),seq=([0-9]{1,18})");

  /**
   * Checks the number.
   *
   * @param bootId the component of that name
   * @param sequence the component of that name
   * @throws IllegalArgumentException if the sequence number is negative
   */
  public KernelLogCursor {
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence number can't be negative: " + sequence);
    }
  }

  /**
   * Reads a cursor that was stored as text.
   *
   * @param text what {@link #toString()} returned
   * @return the cursor, or empty if the text is not one
   */
  public static Optional<KernelLogCursor> parse(CharSequence text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new KernelLogCursor(
                UUID.fromString(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  /**
   * The cursor as text of one line, such as {@code
   * boot=2b3c9f0e-8f1d-4a53-9d0c-6f3f0a3d7f11,seq=4711}.
   *
   * @return the text
   */
  @Override
  public String toString() {
    return "boot=" + bootId + ",seq=" + sequence;
  }
}
