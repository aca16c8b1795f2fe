package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;

/**
 * A message of a text log, as it stands there: perhaps over several lines, because a name has a
 * newline in it, because a mail client wrapped it, or because what follows has no prefix of its
 * own.
 *
 * @param line the message, with newlines
 * @param indented whether every further line is indented as dmesg and journalctl do it, so that a
 *     newline is a newline
 */
record TextMessage(LogLine line, boolean indented) {

  /** How many lines a wrapped message is tried with. */
  private static final int MOST_LINES = 5;

  private static final String EIGHT_BLANKS = " ".repeat(8);

  /** Hands it over, in the reading that makes sense. */
  void giveTo(ReportReader reports) {
    List<String> lines = List.of(line.text().split("\n", -1));
    if (lines.size() == 1) {
      single(reports, line.text());
    } else if (!indented || !reports.accept(line)) {
      wrapped(reports, lines);
    }
  }

  private void wrapped(ReportReader reports, List<String> lines) {
    String first = lines.get(0);
    if (first.startsWith(SummaryLine.START)) { // has no blanks to wrap at, and no newline in a path
      reports.accept(line.withText(joined(lines, 0)));
      return;
    }
    if (first.startsWith("CPU: ")
        || first.startsWith("Hardware name: ")
        || new ZoneLines().accept(first.strip())) {
      reports.accept(line.withText(joined(lines, -1)));
      return;
    }
    int whole = acceptWhole(reports, lines);
    if (whole == 0 && !endsInNumber(first) && reports.accept(line.withText(first))) {
      whole = 1;
    }
    if (whole == 0
        && (reports.accept(line.withText(joined(lines, -1)))
            || reports.accept(line.withText(joined(lines, 0))))) {
      return;
    }
    lines.subList(whole, lines.size()).forEach(rest -> single(reports, rest));
  }

  /** Takes as many lines as make a whole message; returns how many. */
  private int acceptWhole(ReportReader reports, List<String> lines) {
    for (int count = Math.min(lines.size(), MOST_LINES); count > 0; count--) {
      List<String> head = lines.subList(0, count);
      // Wrapped at blanks, at the margin where there was none, or both.
      for (int blanks = (1 << (count - 1)) - 1; blanks >= 0; blanks--) {
        LogLine reading = line.withText(joined(head, blanks));
        if (ReportReader.isWhole(reading)) {
          reports.accept(reading);
          return count;
        }
      }
    }
    return 0;
  }

  /** A row of the task table whose name is on the next line. */
  private static boolean endsInNumber(String text) {
    String word = text.stripTrailing();
    int blank = word.lastIndexOf(' ');
    return text.startsWith("[") && new Cursor(word, blank + 1).isNumberToTheEnd();
  }

  /** A message on one line, which may still be disguised, or be two. */
  private void single(ReportReader reports, String text) {
    if (reports.accept(line.withText(text))
        || (text.contains("\\x") && reports.accept(line.withText(Escapes.ofDmesgInC(text))))) {
      return;
    }
    // journalctl prints a tab as eight blanks, which can make a name too long to be one.
    if (text.contains(EIGHT_BLANKS)
        && reports.accept(line.withText(text.replace(EIGHT_BLANKS, "\t")))) {
      return;
    }
    int second = TextPrefix.next(text, 0);
    if (second >= 0) {
      reports.accept(line.withText(text.substring(0, second).stripTrailing()));
      String rest = text.substring(second);
      reports.accept(line.withText(rest.substring(TextPrefix.parse(rest).width())));
    }
  }

  /** Joins the lines; a bit that is set stands for a blank at that newline. */
  private static String joined(List<String> lines, int blanks) {
    List<String> parts = new ArrayList<>();
    for (String line : lines) {
      String part = line.strip();
      parts.add(part.endsWith("\\") ? part.substring(0, part.length() - 1).stripTrailing() : part);
    }
    StringBuilder out = new StringBuilder(parts.get(0));
    for (int i = 1; i < parts.size(); i++) {
      boolean blank = (blanks >> Math.min(i - 1, 31) & 1) == 1;
      out.append(blank && !parts.get(i).isEmpty() ? " " : "").append(parts.get(i));
    }
    return out.toString();
  }
}
