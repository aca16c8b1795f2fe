package io.github.oom4j.kmsg;

import java.util.regex.Pattern;

/** What makes words of a line bold, and remarks that point at the line. */
final class Emphasis {

  private static final Pattern EMPHASIS =
      Pattern.compile(
          "\\*\\*|__(?=[A-Z])|(?<=[a-z])__|</?(?:b|i|u|em|strong|mark|span|font|code)(?: [^<>]{0,128})?>"
              + "|\\[/?(?:b|i|u)\\]|\\[/?(?:color|size)[^\\[\\]]{0,32}\\]"
              + "| +(?:<[-=~]|\\u2190|\\u2b05|\\u21d0|#|//|&lt;[-=]).{0,200}$",
          Pattern.CASE_INSENSITIVE);

  private Emphasis() {}

  static String remove(String text) {
    return mayHoldAny(text) ? EMPHASIS.matcher(text).replaceAll("") : text;
  }

  /** Each alternative of the pattern holds one of these: most lines none. */
  private static boolean mayHoldAny(String text) {
    char before = ' ';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean found =
          switch (c) {
            case '*', '<', '[', '#', '&', '\u2190', '\u2b05', '\u21d0' -> true;
            case '_', '/' -> c == before;
            default -> false;
          };
      if (found) {
        return true;
      }
      before = c;
    }
    return false;
  }
}
