package io.github.oom4j.kmsg;

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
    if (before == null || !before.fromKernel()) {
      return null;
    }
    return new LogLine(
        OptionalLong.empty(),
        before.sinceBoot(),
        before.wallClock(),
        before.caller(),
        false,
        false,
        true,
        Escapes.ofDmesg(message));
  }

  /** Whether the message that is being put together may matter. */
  boolean mayMatter() {
    return mayMatter;
  }

  /** A message as a mail client wrapped it, joined with a blank or with nothing. */
  static LogLine unwrapped(LogLine line, String glue) {
    return line.withText(joined(line.text(), glue));
  }

  private static String joined(String wrapped, String glue) {
    StringBuilder out = new StringBuilder(wrapped.length());
    for (String piece : wrapped.split("\n", -1)) {
      String part = piece.strip();
      if (part.endsWith("\\")) {
        part = part.substring(0, part.length() - 1).stripTrailing();
      }
      if (out.length() > 0 && !part.isEmpty()) {
        out.append(glue);
      }
      out.append(part);
    }
    return out.toString();
  }
}
