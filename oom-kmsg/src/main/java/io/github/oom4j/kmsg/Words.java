package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;

/** The words of a line: what String.split does, but without compiling a pattern for each line. */
final class Words {

  /** What {@code \\s} is in a regular expression. */
  private static final String WHITESPACE = " \t\n\u000b\f\r";

  private Words() {}

  /**
   * The words between runs of blanks, tabs and line breaks.
   *
   * @param most how many words at most; the last has the rest of the line
   */
  static List<String> of(String line, int most) {
    return split(line, WHITESPACE, most);
  }

  /** The same where only blanks separate them. */
  static List<String> betweenBlanks(String line, int most) {
    return split(line, " ", most);
  }

  private static List<String> split(String line, String separators, int most) {
    List<String> words = new ArrayList<>();
    int from = 0;
    while (words.size() < most - 1) {
      int end = from;
      while (end < line.length() && !isSeparator(line.charAt(end), separators)) {
        end++;
      }
      if (end == line.length()) {
        break;
      }
      words.add(line.substring(from, end));
      from = end + 1;
      while (from < line.length() && isSeparator(line.charAt(from), separators)) {
        from++;
      }
    }
    words.add(line.substring(from));
    return words;
  }

  private static boolean isSeparator(char c, String separators) {
    return c <= ' ' && separators.indexOf(c) >= 0;
  }
}
