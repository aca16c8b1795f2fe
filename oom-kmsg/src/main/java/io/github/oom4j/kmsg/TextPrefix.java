package io.github.oom4j.kmsg;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What stands in front of the message in a text log: dmesg's time, level and caller, or syslog's
 * time, host and tag.
 *
 * @param width where the message starts
 * @param found whether there was any prefix, not counting indentation
 * @param fromKernel false if a tag or facility says that somebody else wrote it
 */
record TextPrefix(
    int width,
    boolean found,
    boolean fromKernel,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    Optional<String> caller) {

  private static final String[] FACILITIES = {
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "syslog",
    "lpr",
    "news",
    "uucp",
    "cron",
    "authpriv",
    "ftp",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7"
  };

  private static final String[] LEVELS = {
    "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"
  };

  private static final int LONGEST_DATE = 64;

  static TextPrefix parse(String text) {
    // Mail clients write some blanks as U+00A0.
    String line = text.replace('\u00a0', ' ');
    Cursor cursor = new Cursor(line);
    while (cursor.skipAny(" ", "\t")) {}
    int indent = cursor.position();
    boolean fromKernel = priority(cursor) && facility(cursor);
    SyslogTime syslog = SyslogTime.parse(cursor);
    if (syslog != null) {
      fromKernel &= syslog.tag(cursor);
    } else {
      cursor.skip("kernel: ");
    }
    Optional<Duration> sinceBoot = bracketedTime(cursor);
    Optional<String> caller = caller(cursor);
    boolean found = cursor.position() > indent;
    int glued = found ? -1 : next(line, indent);
    if (glued >= 0) {
      cursor.backTo(glued);
      sinceBoot = bracketedTime(cursor);
      caller = caller(cursor);
      found = true;
    }
    return new TextPrefix(
        cursor.position(),
        found,
        fromKernel,
        sinceBoot,
        syslog == null ? Optional.empty() : syslog.instant(),
        caller);
  }

  /**
   * Where the next message begins in a line that holds two, as copies of a console do: at a time in
   * brackets behind a blank. -1 if there is none.
   */
  static int next(String line, int from) {
    for (int at = line.indexOf(" [", from); at >= 0; at = line.indexOf(" [", at + 1)) {
      if (bracketedTime(new Cursor(line, at + 1)).isPresent()) {
        return at + 1;
      }
    }
    return -1;
  }

  /** dmesg -r: {@code <6>}. False if it names another facility than the kernel's. */
  private static boolean priority(Cursor line) {
    int from = line.position();
    if (line.skip("<")) {
      int priority = line.smallNumber();
      if (priority >= 0 && priority < 2048 && line.skip(">")) {
        return priority < 8;
      }
      line.backTo(from);
    }
    return true;
  }

  /** dmesg -x: {@code kern :warn : }. False if it names another facility than the kernel's. */
  private static boolean facility(Cursor line) {
    int from = line.position();
    for (String facility : FACILITIES) {
      if (line.skip(facility)) {
        line.skipBlanks();
        if (line.skip(":") && line.skipAny(LEVELS)) {
          line.skipBlanks();
          if (line.skip(": ")) {
            return facility.equals("kern");
          }
        }
        line.backTo(from);
      }
    }
    return true;
  }

  /** {@code [ 1234.567890] }, or dmesg -T's {@code [Sun Nov 22 19:07:31 2026] }, in local time. */
  private static Optional<Duration> bracketedTime(Cursor line) {
    int from = line.position();
    if (!line.skip("[")) {
      return Optional.empty();
    }
    line.skipBlanks();
    long seconds = line.number();
    if (seconds >= 0 && seconds < Long.MAX_VALUE && line.skip(".")) {
      int digitsFrom = line.position();
      long fraction = line.number();
      int digits = line.position() - digitsFrom;
      if (fraction >= 0 && digits <= 9 && line.skip("]")) {
        line.skip(" ");
        for (int i = digits; i < 9; i++) {
          fraction *= 10;
        }
        return Optional.of(Duration.ofSeconds(seconds, fraction));
      }
    }
    line.backTo(from + 1);
    String inside = line.upTo(']', LONGEST_DATE);
    if (!isDate(inside) || !line.skip("] ")) {
      line.backTo(from);
    }
    return Optional.empty();
  }

  /** Whether it ends with {@code hh:mm:ss yyyy}, behind day and month in any language. */
  private static boolean isDate(String text) {
    int length = text.length();
    return length >= 13
        && text.charAt(length - 5) == ' '
        && text.charAt(length - 8) == ':'
        && text.charAt(length - 11) == ':'
        && Character.digit(text.charAt(length - 1), 10) >= 0;
  }

  /** {@code [ T123] } or {@code [C0] }, without the brackets. */
  private static Optional<String> caller(Cursor line) {
    int from = line.position();
    if (line.skip("[")) {
      line.skipBlanks();
      int start = line.position();
      if (line.skipAny("T", "C") && line.number() >= 0) {
        int end = line.position();
        if (line.skip("]")) {
          line.skip(" ");
          return Optional.of(line.text(start, end));
        }
      }
      line.backTo(from);
    }
    return Optional.empty();
  }
}
