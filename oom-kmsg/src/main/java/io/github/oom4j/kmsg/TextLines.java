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
  private boolean indented;

  /**
   * Takes a line.
   *
   * @return the message before it, which is now complete, or null
   */
  @Nullable TextMessage accept(String line, TextPrefix ownPrefix) {
    if (prefix != null && continues(prefix, line, ownPrefix)) {
      boolean isIndented = isIndented(line, prefix.width());
      text.append('\n').append(isIndented ? line.substring(prefix.width()) : line);
      indented &= isIndented;
      return null;
    }
    TextMessage complete = flush();
    prefix = ownPrefix;
    String start = line.substring(ownPrefix.width());
    text.append(start);
    indented = true;
    mayMatter = ownPrefix.fromKernel() && OomLines.opens(start.stripLeading());
    return complete;
  }

  private boolean continues(TextPrefix before, String line, TextPrefix own) {
    if (!before.found() || line.isBlank() || text.length() + line.length() > LONGEST) {
      return false;
    }
    return isIndented(line, before.width())
        || (!own.found() && !OomLines.opens(line.strip()));
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

  /** The message that is being put together, or null. */
  @Nullable TextMessage flush() {
    TextPrefix before = prefix;
    String message = text.toString();
    prefix = null;
    mayMatter = false;
    text.setLength(0);
    return before == null || !before.fromKernel()
        ? null
        : new TextMessage(message(before, message), indented);
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
}
