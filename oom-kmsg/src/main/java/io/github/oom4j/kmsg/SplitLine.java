package io.github.oom4j.kmsg;

import org.jspecify.annotations.Nullable;

/**
 * A line that the kernel printed in pieces, put together again: it has begun and not yet ended. The
 * pieces that follow are flagged {@code c}; in text logs they begin with a comma.
 */
final class SplitLine {

  /** How many other records may come between. */
  private static final int PATIENCE = 16;

  /** The longest line: a few paths of 4096 bytes. */
  private static final int LONGEST = 16_384;

  private final LogLine first;
  private final StringBuilder text;
  private int passed;

  private SplitLine(LogLine first) {
    this.first = first;
    this.text = new StringBuilder(first.text());
  }

  /**
   * Starts one, or returns null unless the line is the opening piece of one that is printed in
   * pieces.
   */
  static @Nullable SplitLine open(LogLine line) {
    return isOpen(line.text(), line.fromText()) ? new SplitLine(line) : null;
  }

  private static boolean isOpen(String message, boolean fromText) {
    String text = fromText ? message.strip() : message;
    if (text.startsWith(SummaryLine.START)) {
      return !SummaryLine.isComplete(text);
    }
    if (text.startsWith(GroupLine.START)) {
      return !text.endsWith(GroupLine.END);
    }
    if (text.startsWith(OwnerLine.START)) {
      return !text.contains(OwnerLine.MIDDLE);
    }
    if (text.startsWith(CgroupStats.START)) {
      return !text.contains(":");
    }
    return fromText ? KillLine.endsInName(text) : ZoneLines.isPiece(text);
  }

  /** Takes the next piece; false if the line is not one. */
  boolean append(LogLine line) {
    passed++;
    if (text.length() + line.text().length() > LONGEST
        || !LogLine.mayBelongTogether(first.caller(), line.caller())) {
      return false;
    }
    if (line.fragment()) {
      text.append(line.text());
      return true;
    }
    if (!line.fromText()) {
      return false;
    }
    if (line.text().startsWith(",")) {
      text.append(line.text());
      return true;
    }
    if (KillLine.endsInName(text.toString()) && line.text().contains(") total-vm:")) {
      text.append('\n').append(line.text()); // a newline in the name
      return true;
    }
    return false;
  }

  boolean isComplete() {
    return !isOpen(text.toString(), first.fromText());
  }

  boolean isExhausted() {
    return passed > PATIENCE;
  }

  /** The pieces as one line, with the time of the first. */
  LogLine joined() {
    return first.withText(text.toString());
  }
}
