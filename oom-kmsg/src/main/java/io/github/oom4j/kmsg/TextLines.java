package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Puts the lines of a text log together to messages. A message with newlines in it goes on, in
 * dmesg and journalctl, on lines that are indented by the width of the prefix; mail clients wrap
 * long lines without any. So a line without prefix continues the one before that had one.
 */
final class TextLines {

  /** The longest message: a record of 8192 bytes. */
  private static final int LONGEST = 16_384;

  /** How many newlines are tried both ways. */
  private static final int MOST_WRAPS = 4;

  private @Nullable TextPrefix prefix;
  private final StringBuilder text = new StringBuilder();
  private boolean mayMatter;

  /**
   * Takes a line.
   *
   * @return the message before it, which is now complete, or null
   */
  @Nullable LogLine accept(String line) {
    if (prefix != null && continues(prefix, line)) {
      text.append('\n').append(withoutIndent(prefix, line));
      return null;
    }
    LogLine complete = flush();
    prefix = TextPrefix.parse(line);
    String start = line.substring(prefix.width());
    text.append(start);
    mayMatter = prefix.fromKernel() && OomLines.opens(start.stripLeading());
    return complete;
  }

  private boolean continues(TextPrefix before, String line) {
    if (!before.found() || line.isBlank() || text.length() + line.length() > LONGEST) {
      return false;
    }
    return isIndented(line, before.width())
        || (!TextPrefix.parse(line).found() && !OomLines.opens(line.strip()));
  }

  private static boolean isIndented(String line, int width) {
    if (width < 8 || line.length() < width) {
      return false;
    }
    for (int i = 0; i < width; i++) {
      if (line.charAt(i) != ' ') {
        return false;
      }
    }
    return true;
  }

  private static String withoutIndent(TextPrefix before, String line) {
    return isIndented(line, before.width()) ? line.substring(before.width()) : line;
  }

  /** The message that is being put together, or null. */
  @Nullable LogLine flush() {
    TextPrefix before = prefix;
    String message = text.toString();
    prefix = null;
    mayMatter = false;
    text.setLength(0);
    return before == null || !before.fromKernel() ? null : message(before, message);
  }

  /** A line that is a message by itself. */
  static LogLine single(String line) {
    TextPrefix prefix = TextPrefix.parse(line);
    return message(prefix, line.substring(prefix.width()));
  }

  private static LogLine message(TextPrefix prefix, String text) {
    return new LogLine(
        OptionalLong.empty(),
        prefix.sinceBoot(),
        prefix.wallClock(),
        prefix.caller(),
        false,
        false,
        true,
        Escapes.ofDmesg(text));
  }

  /** Whether the message that is being put together may matter. */
  boolean mayMatter() {
    return mayMatter;
  }

  /** The ways to read a message of several lines: as it is, or wrapped by a mail client. */
  static List<LogLine> unwrapped(LogLine line) {
    List<LogLine> readings = new ArrayList<>();
    readings.add(line);
    readings.add(unwrapped(line, " "));
    readings.add(unwrapped(line, ""));
    long newlines = line.text().chars().filter(c -> c == '\n').count();
    if (newlines > 1 && newlines <= MOST_WRAPS) {
      // Wrapped at blanks, and cut at the margin where there was none.
      for (int mask = 1; mask < (1 << newlines) - 1; mask++) {
        readings.add(line.withText(joined(line.text(), mask)));
      }
    }
    return readings;
  }

  /** A message joined with a blank or with nothing. */
  static LogLine unwrapped(LogLine line, String glue) {
    return line.withText(joined(line.text(), glue.isEmpty() ? 0 : -1));
  }

  /** Joins the lines; a bit that is set stands for a blank at that newline. */
  private static String joined(String wrapped, int blanks) {
    StringBuilder out = new StringBuilder(wrapped.length());
    int newline = 0;
    for (String piece : wrapped.split("\n", -1)) {
      String part = piece.strip();
      if (part.endsWith("\\")) {
        part = part.substring(0, part.length() - 1).stripTrailing();
      }
      boolean blank = newline > 0 && (blanks >> Math.min(newline - 1, 31) & 1) == 1;
      if (blank && !part.isEmpty()) {
        out.append(' ');
      }
      out.append(part);
      newline++;
    }
    return out.toString();
  }
}
