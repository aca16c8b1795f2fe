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

  static @Nullable SyslogTime parse(Cursor line) {
    int from = line.position();
    SyslogTime time = traditional(line);
    if (time == null) {
      line.backTo(from);
      time = iso(line);
    }
    if (time == null) {
      line.backTo(from);
    }
    return time;
  }

  private static @Nullable SyslogTime traditional(Cursor line) {
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
    return line.skip(" ") ? new SyslogTime(Optional.empty(), false) : null;
  }

  private static @Nullable SyslogTime iso(Cursor line) {
    int year = line.smallNumber();
    int month = year > 1990 && line.skip("-") ? line.smallNumber() : -1;
    int day = month > 0 && line.skip("-") ? line.smallNumber() : -1;
    if (day < 1 || !line.skipAny("T", " ")) {
      return null;
    }
    int seconds = clock(line);
    if (seconds < 0) {
      return null;
    }
    long nanos = line.skipAny(".", ",") ? fraction(line) : 0;
    Optional<ZoneOffset> zone = zone(line);
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
    if (line.skip("Z")) {
      return Optional.of(ZoneOffset.UTC);
    }
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

  /** Consumes host and tag; false if the tag names another writer than the kernel. */
  boolean tag(Cursor line) {
    int from = line.position();
    if (line.skip("kernel: ")) {
      return true;
    }
    line.skipBlanks(); // a host name that somebody removed
    if (line.skip("kernel: ")) {
      return true;
    }
    line.upTo(' ');
    if (line.skip(" kernel: ")) {
      return true;
    }
    boolean tagged = line.skip(" ") && isTag(line.upTo(' '));
    line.backTo(from);
    return iso && !tagged;
  }

  /** {@code name[123]:} or {@code name:}. dmesg's ISO lines have no tag, but words with colons. */
  private boolean isTag(String word) {
    return word.endsWith("]:") || (!iso && word.endsWith(":"));
  }
}
