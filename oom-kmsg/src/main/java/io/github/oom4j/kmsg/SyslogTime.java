package io.github.oom4j.kmsg;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time in front of a syslog or journal line: {@code Nov 22 19:07:31[.123456]}, which knows
 * neither year nor zone, or ISO 8601, as rsyslog, journalctl -o short-iso and dmesg write it.
 *
 * @param instant the time, where year and zone are written
 * @param iso whether it is ISO 8601, behind which dmesg writes the message at once
 */
record SyslogTime(Optional<Instant> instant, boolean iso) {

  private static final String[] MONTHS = {
    "Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "
  };

  /** Seconds since 1970 that are a time of Linux: 1991 to 2200. */
  private static final long OLDEST = 662_688_000L;

  private static final long NEWEST = 7_258_118_400L;

  private static final String[] WEEKDAYS = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};

  static @Nullable SyslogTime parse(Cursor line) {
    if (!line.mayStartWithTime()) {
      return null;
    }
    int from = line.position();
    boolean weekday = line.skipAny(WEEKDAYS); // journalctl -o short-full, date(1)
    SyslogTime time = traditional(line, weekday);
    if (time == null) {
      line.backTo(from);
      line.skipAny(WEEKDAYS);
      time = iso(line);
    }
    if (time == null) {
      line.backTo(from);
      time = epoch(line);
    }
    if (time == null) {
      line.backTo(from);
    }
    return time;
  }

  private static @Nullable SyslogTime traditional(Cursor line, boolean weekday) {
    if (!line.skipAny(MONTHS)) {
      return null;
    }
    line.skipBlanks();
    if (line.smallNumber() < 1 || !line.skip(" ") || clock(line) < 0) {
      return null;
    }
    if (line.skipAny(".", ",")) {
      line.number();
    }
    zone(line);
    int end = line.position();
    if (line.skip(" ") && line.smallNumber() > 1990 && line.skip(" ")) { // a year
      return new SyslogTime(Optional.empty(), weekday); // ctime(3), perhaps without its brackets
    }
    line.backTo(end);
    return line.skip(" ") ? new SyslogTime(Optional.empty(), false) : null;
  }

  /** {@code 1795374452.614679}: journalctl -o short-unix, and {@code ts %.s}. */
  private static @Nullable SyslogTime epoch(Cursor line) {
    long seconds = line.number();
    if (seconds < OLDEST || seconds > NEWEST || !line.skip(".")) {
      return null;
    }
    long nanos = fraction(line);
    return line.skip(" ")
        ? new SyslogTime(Optional.of(Instant.ofEpochSecond(seconds, nanos)), false)
        : null;
  }

  private static @Nullable SyslogTime iso(Cursor line) {
    int year = line.smallNumber();
    String dash = line.skip("/") ? "/" : "-";
    boolean month2 = dash.equals("/") || line.skip(dash);
    int month = year > 1990 && month2 ? line.smallNumber() : -1;
    int day = month > 0 && line.skip(dash) ? line.smallNumber() : -1;
    if (day < 1 || !line.skipAny("T", "t", " ")) {
      return null;
    }
    int seconds = clock(line);
    if (seconds < 0) {
      return null;
    }
    long nanos = line.skipAny(".", ",") ? fraction(line) : 0;
    Optional<ZoneOffset> zone = zone(line);
    line.skip(":");
    if (!line.skip(" ")) {
      return null;
    }
    return new SyslogTime(zone.flatMap(z -> instant(year, month, day, seconds, nanos, z)), true);
  }

  private static Optional<Instant> instant(
      int year, int month, int day, int seconds, long nanos, ZoneOffset zone) {
    try {
      return Optional.of(
          LocalDateTime.of(year, month, day, 0, 0)
              .plusSeconds(seconds)
              .plusNanos(nanos)
              .toInstant(zone));
    } catch (DateTimeException e) {
      return Optional.empty(); // the 31st of February
    }
  }

  /** {@code hh:mm:ss} in seconds of the day, or -1. */
  private static int clock(Cursor line) {
    int hours = line.smallNumber();
    int minutes = hours >= 0 && line.skip(":") ? line.smallNumber() : -1;
    int seconds = minutes >= 0 && line.skip(":") ? line.smallNumber() : -1;
    return hours < 24 && minutes < 60 && seconds >= 0 && seconds <= 60
        ? (hours * 60 + minutes) * 60 + seconds
        : -1;
  }

  private static long fraction(Cursor line) {
    int from = line.position();
    long value = line.number();
    int digits = line.position() - from;
    if (value < 0 || digits > 9) {
      return 0;
    }
    for (int i = digits; i < 9; i++) {
      value *= 10;
    }
    return value;
  }

  private static Optional<ZoneOffset> zone(Cursor line) {
    int from = line.position();
    if (line.skipAny("Z", "z", " UTC", " GMT")) {
      return Optional.of(ZoneOffset.UTC);
    }
    if (line.skip(" ")) {
      if (isAbbreviation(line)) { // of a zone, but it may be any of several
        return Optional.empty();
      }
      Optional<ZoneOffset> offset = offset(line);
      if (offset.isEmpty()) {
        line.backTo(from);
      }
      return offset;
    }
    return offset(line);
  }

  /** {@code CET}, {@code PDT}: three or four capital letters. */
  private static boolean isAbbreviation(Cursor line) {
    int from = line.position();
    String word = line.upTo(' ', 5);
    boolean zone =
        word.length() >= 3
            && word.length() <= 4
            && (word.endsWith("T") || word.equals("MSK") || word.equals("WIB"));
    for (int i = 0; i < word.length(); i++) {
      zone &= word.charAt(i) >= 'A' && word.charAt(i) <= 'Z';
    }
    if (!zone) {
      line.backTo(from);
    }
    return zone;
  }

  private static Optional<ZoneOffset> offset(Cursor line) {
    int sign = line.skip("+") ? 1 : line.skip("-") ? -1 : 0;
    int digits = sign == 0 ? -1 : line.smallNumber();
    if (digits < 0) {
      return Optional.empty();
    }
    boolean colon = line.skip(":");
    int minutes = colon ? line.smallNumber() : digits > 99 ? digits % 100 : 0;
    int hours = !colon && digits > 99 ? digits / 100 : digits;
    return minutes >= 0 && minutes < 60 && hours < 18
        ? Optional.of(ZoneOffset.ofTotalSeconds(sign * (hours * 60 + minutes) * 60))
        : Optional.empty();
  }
}
