package io.github.oom4j.kmsg;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One message of the kernel, from whatever source.
 *
 * @param fragment whether it is known to be a piece of a longer line
 * @param trusted whether it came from {@code /dev/kmsg} itself
 * @param fromText whether it came from a text log, where lines may be indented, wrapped or cut
 * @param text the message without prefix, unescaped
 */
record LogLine(
    OptionalLong sequence,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    Optional<String> caller,
    boolean fragment,
    boolean trusted,
    boolean fromText,
    String text) {

  static LogLine of(KmsgRecord record, Optional<Instant> wallClock, boolean trusted) {
    return new LogLine(
        OptionalLong.of(record.sequence()),
        Optional.of(record.sinceBoot()),
        wallClock,
        record.caller(),
        record.isFragment(),
        trusted,
        false,
        record.text());
  }

  LogLine withText(String newText) {
    return new LogLine(
        sequence, sinceBoot, wallClock, caller, fragment, trusted, fromText, newText);
  }

  /** Whether both may come from the same context: callers, where known, are equal. */
  static boolean mayBelongTogether(Optional<String> one, Optional<String> other) {
    return one.isEmpty() || other.isEmpty() || one.equals(other);
  }

  /**
   * Whether the text is exactly as long as a record can be, so that its end may be missing: the
   * kernel cuts without a mark. 992 bytes up to 6.1, 16 fewer with caller ids, 1024 from 6.6, one
   * of which is the closing NUL.
   */
  boolean isFull() {
    if (text.length() < 300) {
      return false;
    }
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return length == 975
        || length == 976
        || length == 991
        || length == 992
        || length == 1023
        || length == 1024;
  }
}
