package io.github.oom4j.kmsg;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The time in brackets in front of a message. The kernel and dmesg write seconds since boot; dmesg
 * also dates ({@code -T}), the time since the line before ({@code -d}), or both.
 *
 * @param sinceBoot the time since boot, where that is what stands there
 */
record BracketedTime(Optional<Duration> sinceBoot) {

  private static final int LONGEST_DATE = 64;

  /** {@code Sun Nov 22 19:07:31 UTC 2026}, {@code Sun 22 Nov 2026 07:07:31 PM CET}. */
  private static final Pattern DATE_WITH_ZONE =
      Pattern.compile("[^\\[\\]]{2,32} \\d{1,2}:\\d\\d:\\d\\d [^\\[\\]]{2,16}");

  private static final BracketedTime UNKNOWN = new BracketedTime(Optional.empty());

  /** Reads it with its brackets and the blank behind; empty, and nothing read, if there is none. */
  static Optional<BracketedTime> parse(Cursor line) {
    int from = line.position();
    if (line.skip("[")) {
      line.skipBlanks();
      Optional<BracketedTime> time = line.skipAny("<", "+") ? delta(line) : sinceBoot(line);
      if (time.isEmpty()) {
        line.backTo(from + 1);
        time = date(line);
      }
      if (time.isPresent()) {
        line.skip(" ");
        return time;
      }
    }
    line.backTo(from);
    return Optional.empty();
  }

  /** {@code 1234.567890]}, or {@code 1234.567890 < 0.000454>]}. */
  private static Optional<BracketedTime> sinceBoot(Cursor line) {
    long seconds = line.number();
    if (seconds < 0 || seconds == Long.MAX_VALUE || !line.skipAny(".", ",")) {
      return Optional.empty();
    }
    int digitsFrom = line.position();
    long fraction = line.number();
    int digits = line.position() - digitsFrom;
    line.skipBlanks();
    if (line.skip("<") && delta(line).isPresent()) {
      line.backTo(line.position() - 1);
    }
    if (fraction < 0 || digits > 9 || !line.skip("]")) {
      return Optional.empty();
    }
    for (int i = digits; i < 9; i++) {
      fraction *= 10;
    }
    return Optional.of(new BracketedTime(Optional.of(Duration.ofSeconds(seconds, fraction))));
  }

  /** {@code 0.000454>]}, or {@code 0.000454]}. */
  private static Optional<BracketedTime> delta(Cursor line) {
    line.skipBlanks();
    if (line.number() < 0 || !line.skip(".") || line.number() < 0) {
      return Optional.empty();
    }
    line.skip(">");
    return line.skip("]") ? Optional.of(UNKNOWN) : Optional.empty();
  }

  /** {@code Sun Nov 22 19:07:31 2026]}, {@code Nov22 19:07]}, {@code 2026-11-22T19:07:31]}. */
  private static Optional<BracketedTime> date(Cursor line) {
    String inside = line.upTo(']', LONGEST_DATE);
    if (!isDate(inside) || !line.skip("]")) {
      return Optional.empty();
    }
    return Optional.of(UNKNOWN);
  }

  /** Whether it holds a clock, and digits of a day; the names are in any language. */
  private static boolean isDate(String text) {
    int length = text.length();
    if (length >= 13
        && text.charAt(length - 5) == ' '
        && text.charAt(length - 8) == ':'
        && text.charAt(length - 11) == ':'
        && Character.digit(text.charAt(length - 1), 10) >= 0) {
      return true;
    }
    if (length >= 13 && DATE_WITH_ZONE.matcher(text).matches()) {
      return true;
    }
    if (length == 11 && text.charAt(5) == ' ' && text.charAt(8) == ':') { // dmesg -H
      return isNumber(text.substring(3, 5)) && isNumber(text.substring(9));
    }
    if (length < 19) {
      return false;
    }
    Cursor iso = new Cursor(text + " ");
    return SyslogTime.parse(iso) != null && iso.atEnd();
  }

  private static boolean isNumber(String text) {
    return new Cursor(text.strip()).isNumberToTheEnd();
  }
}
