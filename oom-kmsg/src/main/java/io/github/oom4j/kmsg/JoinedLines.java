package io.github.oom4j.kmsg;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Lines of a log that stand on one line of a text: as a string of a programming language or of
 * JSON, where a line break is written as {@code \\n}; as items of a list; as HTML with breaks; or
 * with carriage returns only.
 */
final class JoinedLines {

  private static final Pattern BREAK =
      Pattern.compile("(?:\\\\r)?\\\\n|\r|<br ?/?>|[\"'], ?(?:u(?=['\"]))?[\"']|\u2028|\u0085");

  private static final String ESCAPED_BREAK = "\\" + 'n';

  private static final Pattern ESCAPED_QUOTE = Pattern.compile("\\\\([\"'/])");

  private JoinedLines() {}

  /** The lines within a line; none if it is one. */
  static List<String> split(String line) {
    String text = line.stripTrailing();
    if (text.isEmpty() || !mayHoldSeveral(text) || text.contains("{\"")) {
      return List.of();
    }
    String[] parts = BREAK.split(text, -1);
    return parts.length < 2
        ? List.of()
        : java.util.Arrays.stream(parts).map(JoinedLines::part).toList();
  }

  private static boolean mayHoldSeveral(String text) {
    return text.indexOf('\r') >= 0
        || text.contains(ESCAPED_BREAK)
        || text.contains("<br")
        || text.contains("\", ")
        || text.contains("\",\"")
        || text.contains("', ")
        || text.indexOf('\u2028') >= 0
        || text.indexOf('\u0085') >= 0;
  }

  private static String part(String part) {
    String text = ESCAPED_QUOTE.matcher(part).replaceAll("$1").replace("\\t", "\t");
    int from = 0;
    while (from < text.length() && "[(\"'".indexOf(text.charAt(from)) >= 0 && !isRow(text, from)) {
      from++;
    }
    int to = text.length();
    while (to > from && "\"']".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  /** Whether a bracket there belongs to the line itself: a time, or a row of the task table. */
  private static boolean isRow(String text, int at) {
    return text.charAt(at) == '['
        && (at + 1 == text.length() || "\"'[".indexOf(text.charAt(at + 1)) < 0);
  }
}
