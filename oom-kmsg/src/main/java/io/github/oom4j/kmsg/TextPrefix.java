package io.github.oom4j.kmsg;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in front of the message in a text log: dmesg's time, level and caller, syslog's time,
 * host and tag, a container runtime's time and stream; or several of them, one in front of the
 * other.
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

  private static final int MOST_LAYERS = 6;

  /** Kubernetes' node problem detector, in front of the kernel's line in a list of events. */
  private static final String EVENT_SOURCE = "kernel-monitor ";

  /** CPU and task, as kernels of phones print them: {@code -(1)[123:java]}, {@code c1 123}. */
  private static final Pattern VENDOR_CALLER =
      Pattern.compile(
          " ?-?\\(\\d{1,3}\\)\\[\\d{1,7}:[^\\]]{1,15}\\] ?"
              + "|\\[\\d{1,3}: *[^:\\]]{1,15}: *\\d{1,7}\\] ?"
              + "|c\\d{1,2} +\\d{1,7} ");

  /** How far into a line a prefix is looked for behind what a program like grep put there. */
  private static final int LONGEST_LEAD = 200;

  static TextPrefix parse(String line) {
    return at(line, indent(line));
  }

  /** The same, in front of a line that has lost it. */
  TextPrefix before(TextPrefix inner) {
    return inner.found
        ? inner
        : new TextPrefix(inner.width, found, fromKernel, sinceBoot, wallClock, caller);
  }

  /** How long what a program or a person put in front of the prefix is; 0 if nothing is. */
  static int lead(String line) {
    int indent = indent(line);
    int cut = cutTime(line, indent);
    if (cut >= 0) {
      return cut;
    }
    return OomLines.isBare(line.substring(indent)) ? 0 : Math.max(0, anchor(line, indent));
  }

  private static int indent(String line) {
    int at = 0;
    while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }

  /** The prefix that begins there. */
  private static TextPrefix at(String line, int from) {
    Cursor cursor = new Cursor(line, from);
    boolean fromKernel = true;
    Optional<Duration> sinceBoot = Optional.empty();
    Optional<Instant> wallClock = Optional.empty();
    Optional<String> caller = Optional.empty();
    for (int i = 0; i < MOST_LAYERS && fromKernel; i++) {
      int end = cursor.position();
      while (i > 0 && cursor.skipAny(" ", "\t")) {}
      int start = cursor.position();
      fromKernel = priority(cursor) && facility(cursor);
      SyslogTime syslog = SyslogTime.parse(cursor);
      if (syslog != null) {
        SyslogTag tag = SyslogTag.parse(cursor, syslog.iso());
        fromKernel &= tag != SyslogTag.OTHER;
        wallClock = tag == SyslogTag.CONTAINER ? Optional.empty() : syslog.instant();
      } else {
        SyslogTag.skipBare(cursor);
      }
      Optional<BracketedTime> bracketed = BracketedTime.parse(cursor);
      if (bracketed.isPresent()) {
        sinceBoot = bracketed.get().sinceBoot();
        caller = caller(cursor);
        SyslogTag.skipHost(cursor);
      } else if (caller.isEmpty()) {
        caller = caller(cursor);
      }
      if (cursor.position() == start) {
        cursor.backTo(end); // the message may begin with blanks
        break;
      }
    }
    int width = cursor.position();
    return new TextPrefix(width, width > from, fromKernel, sinceBoot, wallClock, caller);
  }

  /** Whether a line starts with a time or with the kernel's tag. */
  static boolean startsLikeOne(String line) {
    return at(line, 0).found;
  }

  /** Whether it is a line with a prefix, or one that begins a report. */
  static boolean holdsMessage(String text) {
    TextPrefix prefix = at(text, lead(text));
    String message = text.substring(prefix.width);
    return (prefix.found && !message.isBlank()) || OomLines.opens(message);
  }

  /**
   * Where the next message begins in a line that holds two, as copies of a console do: at a time in
   * brackets behind a blank. -1 if there is none.
   */
  static int next(String line, int from) {
    for (int at = line.indexOf(" [", from); at >= 0; at = line.indexOf(" [", at + 1)) {
      Optional<BracketedTime> time = BracketedTime.parse(new Cursor(line, at + 1));
      if (time.isPresent() && time.get().sinceBoot().isPresent()) {
        return at + 1;
      }
    }
    return -1;
  }

  /** Where a prefix begins behind a file name, a line number, or half a prefix; or -1. */
  private static int anchor(String line, int from) {
    int last = Math.min(line.length(), from + LONGEST_LEAD);
    for (int at = from + 1; at < last; at++) {
      char before = line.charAt(at - 1);
      char c = line.charAt(at);
      if (Character.isLetterOrDigit(before)) {
        continue;
      }
      if (c == '[') {
        if (BracketedTime.parse(new Cursor(line, at)).isPresent()) {
          return at;
        }
      } else if (c == '<') {
        Cursor cursor = new Cursor(line, at);
        priority(cursor);
        if (cursor.position() > at && BracketedTime.parse(cursor).isPresent()) {
          return at;
        }
      } else if (c == '{' && JsonObjects.opens(line.substring(at))) {
        return at;
      } else if (c == 'k' && line.startsWith("kernel: ", at)) {
        return at;
      } else if (c == 'k' && line.startsWith(EVENT_SOURCE, at)) {
        int message = at + EVENT_SOURCE.length();
        message += indent(line.substring(message));
        return OomLines.isBare(line.substring(message)) ? message : -1;
      } else if ((c >= 'A' && c <= 'S') || c == '2') {
        Cursor cursor = new Cursor(line, at);
        SyslogTime time = SyslogTime.parse(cursor);
        if (time != null
            && (SyslogTag.parse(cursor, time.iso()) == SyslogTag.KERNEL
                || BracketedTime.parse(cursor).isPresent())) {
          return at;
        }
      }
    }
    return -1;
  }

  /** Behind the rest of a time in brackets whose beginning was cut off: {@code 45.678901] }. */
  private static int cutTime(String line, int from) {
    int at = from;
    while (at < line.length() && (Character.isDigit(line.charAt(at)) || line.charAt(at) == '.')) {
      at++;
    }
    return at > from && line.startsWith("] ", at) ? at + 2 : -1;
  }

  /** dmesg -r: {@code <6>}. False if it names another facility than the kernel's. */
  private static boolean priority(Cursor line) {
    int from = line.position();
    if (line.skip("<")) {
      int priority = line.smallNumber();
      if (priority >= 0 && priority < 2048 && line.skip(">")) {
        int version = line.position();
        if (line.skip("1 ") && !startsWithYear(line)) { // RFC 5424
          line.backTo(version);
        }
        return priority < 8;
      }
      line.backTo(from);
    }
    return true;
  }

  private static boolean startsWithYear(Cursor line) {
    int from = line.position();
    boolean year = line.smallNumber() > 1990 && line.skip("-");
    line.backTo(from);
    return year;
  }

  /** dmesg -x: {@code kern :warn : }. False if it names another facility than the kernel's. */
  private static boolean facility(Cursor line) {
    int from = line.position();
    if (line.next() < 'a' || line.next() > 'z') { // of most messages
      return true;
    }
    for (String facility : FACILITIES) {
      if (line.skip(facility)) {
        line.skipBlanks();
        if (line.skip(":") && line.skipAny(LEVELS)) {
          line.skipBlanks();
          if (line.skip(":")) {
            line.skip(" ");
            return facility.equals("kern");
          }
        }
        line.backTo(from);
      }
    }
    return true;
  }

  /** {@code [ T123] } or {@code [C0] }, without the brackets. */
  private static Optional<String> caller(Cursor line) {
    int from = line.position();
    if (line.skip("[")) {
      line.skipBlanks();
      int start = line.position();
      if (line.skipAny("T", "C") && line.number() >= 0) {
        int end = line.position();
        line.skipBlanks();
        if (line.skip("]")) {
          line.skip(" ");
          return Optional.of(line.text(start, end));
        }
      }
      line.backTo(from);
    }
    if (line.startsWithAny("[(-c")) {
      Matcher vendor = VENDOR_CALLER.matcher(line.rest());
      if (vendor.lookingAt()) {
        line.backTo(from + vendor.end());
      }
    }
    return Optional.empty();
  }
}
