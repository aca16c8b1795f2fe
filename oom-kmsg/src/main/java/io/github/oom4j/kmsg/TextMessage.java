package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A message of a text log, as it stands there: perhaps over several lines, because a name has a
 * newline in it, because a mail client or a terminal wrapped it, or because what follows has no
 * prefix of its own.
 *
 * @param line the first line of the message
 * @param lines all of them; what is indented as far as the message of the first is cut to that
 * @param indented whether every further line is indented as dmesg and journalctl do it, so that a
 *     newline is a newline
 * @param full for each line, whether it was as long as the terminal was wide: what follows goes on
 *     without a blank
 */
record TextMessage(LogLine line, List<String> lines, boolean indented, List<Boolean> full) {

  /** How many lines a wrapped message is tried with. */
  private static final int MOST_LINES = 6;

  private static final String EIGHT_BLANKS = " ".repeat(8);

  /** Hands it over, in the reading that makes sense. */
  void giveTo(ReportReader reports) {
    if (lines.size() == 1) {
      single(reports, lines.get(0));
      return;
    }
    if (indented && reports.accept(line.withText(String.join("\n", lines)))) {
      return;
    }
    for (int at = 0; at < lines.size(); ) {
      at += take(reports, at);
    }
  }

  /** Takes the message that begins in this line; returns how many lines it has. */
  private int take(ReportReader reports, int at) {
    String first = lines.get(at).stripLeading();
    int most = Math.min(MOST_LINES, lines.size() - at);
    if (first.startsWith("oom-kill:")) { // has no blanks to wrap at
      return takeSummary(reports, at);
    }
    if (first.startsWith("CPU: ")
        || first.startsWith("Hardware name: ")
        || new ZoneLines().accept(first.strip())) {
      int end = at + 1;
      while (end < lines.size() && !OomLines.opens(lines.get(end).strip())) {
        end++;
      }
      return accepts(reports, joined(at, end, likely(at, end))) ? end - at : 1;
    }
    if (most > 1
        && !full.get(at)
        && Wrapping.isNumber(lines.get(at + 1))
        && (isWhole(at, 1, 0)
            || (Wrapping.startsUnfinished(first) && Wrapping.isFinished(first.strip())))) {
      most = 1; // the number of the next line, as a web page has it on a line of its own
    }
    for (int count = most; count > 0; count--) { // the longest that is whole
      for (int blanks : readings(at, at + count)) {
        if (isWhole(at, count, blanks)) {
          reports.accept(line.withText(joined(at, at + count, blanks)));
          return count;
        }
      }
    }
    return Wrapping.startsUnfinished(first) && most > 1
        ? takeUnfinished(reports, at, most)
        : takeLine(reports, at, most);
  }

  private boolean isWhole(int at, int count, int blanks) {
    return ReportReader.isWhole(line.withText(joined(at, at + count, blanks)));
  }

  private int takeSummary(ReportReader reports, int at) {
    int end = at + 1;
    while (end < lines.size()
        && !SummaryLine.isComplete(joined(at, end, 0))
        && !OomLines.opens(lines.get(end).strip())) {
      end++;
    }
    // The last digits of the last number may be on one more line.
    if (end < lines.size() && full.get(end - 1) && Wrapping.isNumber(lines.get(end))) {
      end++;
    }
    reports.accept(line.withText(joined(at, end, 0)));
    return end - at;
  }

  /** Of a line that can't end where it ends: as few further lines as make sense of it. */
  private int takeUnfinished(ReportReader reports, int at, int most) {
    for (int count = 2; count <= most; count++) {
      for (int blanks : readings(at, at + count)) {
        String reading = joined(at, at + count, blanks);
        if (Wrapping.isFinished(reading) && accepts(reports, reading)) {
          return count;
        }
      }
    }
    return takeLine(reports, at, most);
  }

  private int takeLine(ReportReader reports, int at, int most) {
    String text = lines.get(at);
    // A row of the task table may end within the name, or in front of it.
    if (KillLine.starts(text)) { // cut off, but as late as can be
      for (int count = most; count > 1; count--) {
        for (int blanks : readings(at, at + count)) {
          if (accepts(reports, joined(at, at + count, blanks))) {
            return count;
          }
        }
      }
    }
    int least = 1;
    if (most > 1 && Wrapping.startsRow(text)) {
      boolean mayGoOn =
          Wrapping.mayGoOn(lines.get(at + 1)) && !Wrapping.isNextNumber(text, lines.get(at + 1));
      least = full.get(at) || mayGoOn ? 2 : 1;
    } else if (most > 1 && Wrapping.startsTable(text)) {
      return takeTable(reports, at, most);
    }
    for (int count = least; count <= most; count++) {
      for (int blanks : readings(at, at + count)) {
        if (accepts(reports, joined(at, at + count, blanks))) {
          return count;
        }
      }
    }
    single(reports, text);
    return 1;
  }

  /** The names of the columns, none of which may be broken. */
  private int takeTable(ReportReader reports, int at, int most) {
    for (int count = most; count > 0; count--) {
      for (int blanks : readings(at, at + count)) {
        String reading = joined(at, at + count, blanks);
        if (Wrapping.isTable(reading) && accepts(reports, reading)) {
          return count;
        }
      }
    }
    accepts(reports, joined(at, at + most, likely(at, at + most)));
    return most;
  }

  private boolean accepts(ReportReader reports, String text) {
    return reports.accept(line.withText(text))
        || (text.indexOf('\t') >= 0 && reports.accept(line.withText(text.replace('\t', ' '))));
  }

  /** A message on one line, which may still be disguised, or be two. */
  private void single(ReportReader reports, String text) {
    if (text.contains("</")) { // also in the names of a table's columns
      String plain = Emphasis.remove(text);
      if (plain.length() < text.length() && reports.accept(line.withText(plain))) {
        return;
      }
    }
    if (reports.accept(line.withText(text))
        || (text.contains("\\x") && reports.accept(line.withText(Escapes.ofDmesgInC(text))))) {
      return;
    }
    // journalctl prints a tab as eight blanks, which can make a name too long to be one.
    if (text.contains(EIGHT_BLANKS)
        && reports.accept(line.withText(text.replace(EIGHT_BLANKS, "\t")))) {
      return;
    }
    if (text.indexOf('\t') >= 0 && reports.accept(line.withText(text.replace('\t', ' ')))) {
      return;
    }
    String plain = Emphasis.remove(text);
    if (plain.length() < text.length() && reports.accept(line.withText(plain))) {
      return;
    }
    if (text.endsWith("\\")) {
      single(reports, text.substring(0, text.length() - 1).stripTrailing());
      return;
    }
    int second = TextPrefix.next(text, 0);
    if (second >= 0) {
      reports.accept(line.withText(text.substring(0, second).stripTrailing()));
      String rest = text.substring(second);
      reports.accept(line.withText(rest.substring(TextPrefix.parse(rest).width())));
    }
  }

  /**
   * The ways in which these lines may be one: wrapped at blanks, at the margin where there was
   * none, or both; the likely one first. A bit that is set stands for a blank at that newline.
   */
  private List<Integer> readings(int from, int to) {
    int all = (1 << (to - from - 1)) - 1;
    int inside = 0;
    for (int i = from; i < to - 1; i++) {
      inside |= isInside(i) ? 1 << (i - from) : 0;
    }
    int likely = likely(from, to) & all;
    List<Integer> readings = new ArrayList<>();
    for (int blanks = all; blanks >= 0; blanks--) {
      if ((blanks & inside) == 0) {
        readings.add(blanks);
      }
    }
    readings.sort(Comparator.comparingInt(blanks -> Integer.bitCount(blanks ^ likely)));
    return readings;
  }

  /** Whether no blank can be at the end of this line: a name's parentheses, or a comma. */
  private boolean isInside(int at) {
    String next = lines.get(at + 1);
    return next.startsWith(")") || next.startsWith(",") || lines.get(at).endsWith("(");
  }

  private int likely(int from, int to) {
    int blanks = 0;
    for (int i = from; i < to - 1; i++) {
      boolean blank = !isInside(i) && (lines.get(i).endsWith(" ") || !full.get(i));
      blanks |= blank ? 1 << Math.min(i - from, 31) : 0;
    }
    return blanks;
  }

  private String joined(int from, int to, int blanks) {
    StringBuilder out = new StringBuilder(part(from));
    for (int i = from + 1; i < to; i++) {
      String part = part(i);
      boolean blank = (blanks >> Math.min(i - from - 1, 31) & 1) == 1;
      out.append(blank && !part.isEmpty() ? " " : "").append(part);
    }
    return out.toString();
  }

  private String part(int at) {
    String part = lines.get(at).strip();
    return part.endsWith("\\") ? part.substring(0, part.length() - 1).stripTrailing() : part;
  }
}
