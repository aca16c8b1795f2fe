package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Puts the lines of a text log together to messages. A message with newlines in it goes on, in
 * dmesg and journalctl, on lines that are indented by the width of the prefix; mail clients and
 * terminals wrap long lines without any. So a line without prefix continues the one before that had
 * one; in a log without prefixes, the one before that can't end where it ends.
 */
final class TextLines {

  /** The longest message: a record of 8192 bytes. */
  private static final int LONGEST = 16_384;

  /** How many lines without prefix are one message, in a log without prefixes. */
  private static final int MOST_BARE = 16;

  /** Over how many lines the words that a report begins with may be wrapped. */
  private static final int MOST_WORDS = 3;

  private @Nullable TextPrefix prefix;
  private final List<String> lines = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>();
  private int length;
  private boolean mayMatter;
  private boolean indented;
  private int longest;
  private int wrapped;
  private int wrappedAtLongest;

  /**
   * Takes a line.
   *
   * @return the message before it, which is now complete, or null
   */
  @Nullable TextMessage accept(String line, TextPrefix own) {
    if (prefix != null && continues(prefix, line, own)) {
      boolean isIndented = isIndented(line, prefix.width());
      if (!isIndented) {
        wrapped(widths.get(widths.size() - 1));
      }
      add(isIndented ? line.substring(prefix.width()) : line, line.length());
      indented &= isIndented;
      if (!mayMatter && lines.size() <= MOST_WORDS) {
        mayMatter = OomLines.opens(String.join(" ", lines).stripLeading());
      }
      return null;
    }
    // Some mail clients and web pages have an empty line behind every line.
    if (prefix != null && line.isBlank() && Wrapping.isUnfinished(String.join(" ", lines))) {
      return null;
    }
    TextMessage complete = flush();
    prefix = own;
    String start = line.substring(own.width());
    add(start, line.length());
    indented = true;
    mayMatter = own.fromKernel() && OomLines.opens(start.stripLeading());
    return complete;
  }

  private void add(String text, int width) {
    lines.add(text);
    widths.add(width);
    length += text.length();
  }

  /** Counts the widths of lines that go on: a terminal's are all the same. */
  private void wrapped(int width) {
    wrapped++;
    if (width > longest) {
      longest = width;
      wrappedAtLongest = 0;
    }
    wrappedAtLongest += width == longest ? 1 : 0;
  }

  private boolean isTerminal() {
    return wrappedAtLongest >= 2 && wrappedAtLongest * 5 >= wrapped * 3;
  }

  private boolean continues(TextPrefix before, String line, TextPrefix own) {
    if (line.isBlank() || length + line.length() > LONGEST) {
      return false;
    }
    if (before.found() && isIndented(line, before.width())) {
      return true;
    }
    String text = line.strip();
    if (own.found() || (OomLines.opens(text) && !completesMessage(text))) {
      return false;
    }
    return before.found()
        || (lines.size() < MOST_BARE
            && before.fromKernel()
            && (isWide() || Wrapping.isUnfinished(String.join(" ", lines))));
  }

  /** In {@code Out of memory:}, the verb may be on the next line. */
  private boolean completesMessage(String text) {
    return text.startsWith("Killed process ")
        && lines.get(lines.size() - 1).stripTrailing().endsWith("ut of memory:");
  }

  private boolean isWide() {
    return isTerminal() && widths.get(widths.size() - 1) == longest;
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
    prefix = null;
    mayMatter = false;
    length = 0;
    TextMessage message = before == null || !before.fromKernel() ? null : message(before);
    lines.clear();
    widths.clear();
    return message;
  }

  private TextMessage message(TextPrefix prefix) {
    boolean terminal = isTerminal();
    LogLine first =
        new LogLine(
            OptionalLong.empty(),
            prefix.sinceBoot(),
            prefix.wallClock(),
            prefix.caller(),
            false,
            false,
            true,
            "");
    if (lines.size() == 1) { // nearly always
      boolean isFull = terminal && widths.get(0) == longest;
      return new TextMessage(
          first, List.of(Escapes.ofDmesg(lines.get(0))), indented, List.of(isFull));
    }
    return new TextMessage(
        first,
        lines.stream().map(Escapes::ofDmesg).toList(),
        indented,
        widths.stream().map(width -> terminal && width == longest).toList());
  }

  /** Whether the message that is being put together may matter. */
  boolean mayMatter() {
    return mayMatter;
  }
}
