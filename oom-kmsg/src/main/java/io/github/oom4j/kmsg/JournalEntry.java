package io.github.oom4j.kmsg;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A message with named fields around it: an entry of the journal (systemd.journal-fields(7)), an
 * object of {@code dmesg -J}, or a line as container runtimes and log services store it.
 *
 * @param writer who wrote it, as far as the fields say
 */
record JournalEntry(
    Writer writer,
    String message,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    Optional<String> caller) {

  /** Who wrote a message. */
  enum Writer {
    /** The kernel, and the message is exactly what it printed. */
    KERNEL,
    /** Somebody else. */
    OTHER,
    /** The fields don't say; the message may have a prefix that does. */
    UNKNOWN
  }

  /** When the journal took it: microseconds since the epoch. */
  static final String TIME = "__REALTIME_TIMESTAMP";

  /** From {@code MESSAGE} of the journal and {@code msg} of dmesg to what log services use. */
  private static final String[] MESSAGES = {
    "MESSAGE",
    "msg",
    "log",
    "message",
    "textPayload",
    "line",
    "@message",
    "MSG",
    "Message",
    "body",
    "text",
    "content",
    "output",
    "stdout",
    "_raw",
    "full_message",
    "short_message"
  };

  static boolean hasMessage(Map<String, String> fields) {
    for (String key : MESSAGES) {
      if (fields.containsKey(key)) {
        return true;
      }
    }
    return false;
  }

  /** The entry; the fields must have a message. */
  static JournalEntry of(Map<String, String> fields) {
    String message = "";
    for (String key : MESSAGES) {
      if (fields.containsKey(key)) {
        message = fields.getOrDefault(key, "");
        break;
      }
    }
    boolean dmesg = fields.containsKey("msg") && fields.containsKey("pri");
    return new JournalEntry(
        writer(fields, dmesg),
        message,
        sinceBoot(fields, dmesg),
        micros(fields, TIME)
            .map(value -> Instant.ofEpochSecond(value / 1_000_000, value % 1_000_000 * 1000)),
        Optional.ofNullable(fields.get("caller")));
  }

  private static Writer writer(Map<String, String> fields, boolean dmesg) {
    if (dmesg) {
      String facility = fields.getOrDefault("fac", "kern");
      Cursor pri = new Cursor(fields.getOrDefault("pri", ""));
      return facility.equals("kern") && pri.number() < 8 ? Writer.KERNEL : Writer.OTHER;
    }
    String transport = fields.get("_TRANSPORT");
    boolean facility = fields.getOrDefault("SYSLOG_FACILITY", "0").equals("0");
    String identifier = fields.get("SYSLOG_IDENTIFIER");
    if (transport != null) {
      boolean kernel = transport.equals("kernel") || "kernel".equals(identifier);
      return kernel && facility ? Writer.KERNEL : Writer.OTHER;
    }
    if (identifier != null) {
      return identifier.equals("kernel") && facility ? Writer.KERNEL : Writer.OTHER;
    }
    return facility ? Writer.UNKNOWN : Writer.OTHER;
  }

  private static Optional<Duration> sinceBoot(Map<String, String> fields, boolean dmesg) {
    if (!dmesg) {
      return micros(fields, "_SOURCE_MONOTONIC_TIMESTAMP")
          .map(value -> Duration.ofSeconds(value / 1_000_000, value % 1_000_000 * 1000));
    }
    Cursor time = new Cursor(fields.getOrDefault("time", ""));
    long seconds = time.number();
    long micros = seconds >= 0 && time.skip(".") ? fraction(time.rest()) : -1;
    return micros < 0 || seconds > Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(seconds, micros * 1000));
  }

  private static long fraction(String digits) {
    if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch(Character::isDigit)) {
      return -1;
    }
    return new BigDecimal("0." + digits).movePointRight(6).longValue();
  }

  private static Optional<Long> micros(Map<String, String> fields, String key) {
    Cursor cursor = new Cursor(fields.getOrDefault(key, ""));
    long value = cursor.number();
    return value >= 0 && value < Long.MAX_VALUE && cursor.atEnd()
        ? Optional.of(value)
        : Optional.empty();
  }

  /** The message as the kernel's own. */
  LogLine line(boolean trusted) {
    return new LogLine(
        OptionalLong.empty(), sinceBoot, wallClock, caller, false, trusted, true, message);
  }
}
