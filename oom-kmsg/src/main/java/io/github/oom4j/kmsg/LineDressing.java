package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people and their programs put around the lines of a log that they paste: colours, quotes of
 * mails, cells of tables, entities and tags of HTML, marks of Markdown. It is taken off, and what
 * is left is the line.
 *
 * <p>Entities stay as they are, until a line shows that the text is HTML: names may look like them.
 */
final class LineDressing {

  private static final int MOST_LAYERS = 12;
  private static final int MOST_CELLS = 64;

  /** What a call trace says in such brackets: no HTML, so no pattern is needed. */
  private static final Set<String> KERNEL_MARKS =
      Set.of("", "<TASK>", "</TASK>", "<IRQ>", "</IRQ>");

  /** Compiled when the first line needs one: most logs are not dressed. */
  private static final class Patterns {
    /** Of ECMA-48: control sequences, titles, character sets; also as {@code cat -v} shows them. */
    static final Pattern ANSI =
        Pattern.compile(
            "(?:\u001b|\\^\\[)\\[[0-9;?]{0,32}[ -/]?[@-~]|\u001b\\][^\u0007\u001b]{0,256}\u0007"
                + "|\u001b[()][A-Z0-9]|\u001b[=>78cDEHM]|\u009b[0-9;?]{0,32}[@-~]");

    /** Of forums, Jira and Confluence. */
    static final Pattern FENCE =
        Pattern.compile(
            "\\[/?(?:code|quote|pre|spoiler|log|plain|noparse|b|i|u|tt)(?:[= ][^\\[\\]]{0,64})?\\]"
                + "|\\{(?:noformat|code|quote|panel)(?::[^{}]{0,64})?\\}",
            Pattern.CASE_INSENSITIVE);

    static final Pattern MARK =
        Pattern.compile("(?:[-=]{0,4}>|[-+=*\\u2022\\u25cf]{1,3}|\\u2192|\\u25ba)[ \\t]{0,8}");

    static final Pattern TAG =
        Pattern.compile(
            "</?(?:pre|code|p|br|td|tr|th|table|tbody|div|span|li|ul|ol|blockquote|samp|tt|font|b|i|em"
                + "|strong|a|details|summary)(?: [^<>]{0,256})? ?/?>",
            Pattern.CASE_INSENSITIVE);

    static final Pattern ENTITY =
        Pattern.compile("&(?:(lt|gt|amp|quot|apos|nbsp)|#(\\d{1,6})|#[xX]([0-9a-fA-F]{1,5}));");

    static final Pattern HTML =
        Pattern.compile(
            "^\\s*&(?:lt|gt|quot|nbsp|#\\w{1,6});"
                + "|^\\s*[\\[{]{1,2}&quot;|&lt;/?(?:TASK|IRQ)&gt;|&nbsp;&nbsp;");
  }

  private boolean html;
  private int backslashes;
  private int column = -1;

  /** The line without what was put around it. */
  String strip(String line) {
    return withoutBackslash(layers(characters(line)));
  }

  /** The same for what is left behind a prefix. */
  String stripInner(String text) {
    return layers(text);
  }

  private String layers(String line) {
    String text = line;
    for (int i = 0; i < MOST_LAYERS; i++) {
      String inner = layer(text);
      if (inner.length() == text.length()) {
        return text;
      }
      text = inner;
    }
    return text;
  }

  /** Without the marks that close what was opened in front of the line. */
  static String unclosed(String text, char opener) {
    String closers =
        switch (opener) {
          case '|', '\u2502', '\u2551', '\u2503' -> "|\u2502\u2551\u2503";
          case '`', '"', '\'' -> String.valueOf(opener);
          case '\u201c' -> "\u201d";
          case '\u2018' -> "\u2019";
          case '>' -> "";
          default -> "\0";
        };
    String line = closers.equals("\0") ? text : text.stripTrailing();
    int end = line.length();
    while (end > 0 && closers.indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return end == line.length() ? text : line.substring(0, end).stripTrailing();
  }

  /** One line may end with a backslash by itself; several were joined by them in a script. */
  private String withoutBackslash(String text) {
    String line = text.stripTrailing();
    if (!line.endsWith("\\")) {
      backslashes = line.isEmpty() ? backslashes : 0;
      return text;
    }
    return ++backslashes < 2 ? text : line.substring(0, line.length() - 1);
  }

  private String characters(String line) {
    String text = line;
    boolean plain = true;
    for (int i = 0; i < text.length() && plain; i++) {
      char c = text.charAt(i);
      plain = (c >= ' ' && c < 0x7f && c != '&' && c != '^') || c == '\t';
    }
    if (plain) {
      return text;
    }
    if (text.indexOf('\u001b') >= 0 || text.indexOf('\u009b') >= 0 || text.contains("^[[")) {
      text = Patterns.ANSI.matcher(text).replaceAll("");
    }
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\r' || text.charAt(end - 1) == '\0')) {
      end--;
    }
    text = typography(text.substring(0, end));
    html |= text.indexOf('&') >= 0 && Patterns.HTML.matcher(text).find();
    if (html && text.indexOf('&') >= 0) {
      text = entities(text);
      text = text.indexOf('&') >= 0 ? entities(text) : text; // escaped twice
    }
    return text;
  }

  /** Mail clients, word processors and web pages replace blanks and hyphens. */
  private static String typography(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char plain =
          switch (c) {
            case '\u00a0', '\u2007', '\u2009', '\u202f', '\u3000' -> ' ';
            case '\u2010', '\u2011', '\u2013', '\u2212' -> '-';
            case '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff', '\u00ad' -> '\0';
            default -> c;
          };
      if (plain != c && out == null) {
        out = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (out != null && (plain != '\0' || c == '\0')) {
        out.append(plain);
      }
    }
    return out == null ? text : out.toString();
  }

  private static String entities(String text) {
    return Patterns.ENTITY
        .matcher(text)
        .replaceAll(
            match -> {
              String plain =
                  match.group(1) != null
                      ? named(match.group(1))
                      : Character.toString(
                          match.group(2) != null
                              ? Integer.parseInt(match.group(2))
                              : Integer.parseInt(match.group(3), 16));
              return java.util.regex.Matcher.quoteReplacement(plain);
            });
  }

  private static String named(String entity) {
    return switch (entity) {
      case "lt" -> "<";
      case "gt" -> ">";
      case "amp" -> "&";
      case "quot" -> "\"";
      case "apos" -> "'";
      default -> " ";
    };
  }

  /** Without its outermost layer; of the same length if there is none. */
  private String layer(String text) {
    int at = 0;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    char first = text.charAt(at);
    char second = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    return switch (first) {
      case '>' -> text.substring(second == ' ' ? Math.min(at + 2, text.length()) : at + 1);
      case '|', '\u2502', '\u2551', '\u2503' -> cell(text.substring(at));
      case '<' -> tag(text, at);
      case '`', '"', '\'', '\u201c', '\u2018', '\u00ab' -> quoted(text, at);
      case '#', ';', '%' -> comment(text, at);
      case '[', '{' -> Character.isLetter(second) || second == '/' ? fence(text, at) : last(text);
      case '-', '*', '+', '=', '\u2022', '\u2192', '\u25ba', '\u25cf' -> marked(text, at);
      default -> last(text);
    };
  }

  /** Marks of lists and comments count only in front of what looks like a line of a log. */
  private static boolean behindMark(String text, int from) {
    String rest = text.substring(Math.min(from, text.length())).stripLeading();
    return rest.startsWith("[")
        || rest.startsWith(">")
        || rest.startsWith("`")
        || OomLines.opens(rest)
        || TextPrefix.startsLikeOne(rest);
  }

  /** Marks of lists, arrows, stars around the line, and the first column of a diff. */
  private static String marked(String text, int at) {
    String line = text.stripTrailing();
    if (text.startsWith("**", at) && line.endsWith("**") && line.length() > at + 4) {
      return line.substring(at + 2, line.length() - 2);
    }
    Matcher mark = Patterns.MARK.matcher(text).region(at, text.length());
    return mark.lookingAt() && behindMark(text, mark.end()) ? text.substring(mark.end()) : text;
  }

  /** A tag of a forum or an issue tracker in front of the first line. */
  private static String fence(String text, int at) {
    Matcher fence = Patterns.FENCE.matcher(text).region(at, text.length());
    return fence.lookingAt() ? text.substring(fence.end()) : last(text);
  }

  private static String comment(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) == text.charAt(at)) {
      end++;
    }
    return behindMark(text, end) ? text.substring(end).stripLeading() : text;
  }

  private static String tag(String text, int at) {
    var matcher = Patterns.TAG.matcher(text);
    matcher.region(at, text.length());
    if (matcher.lookingAt()) {
      return text.substring(0, at) + text.substring(matcher.end());
    }
    return last(text);
  }

  /** Tags behind the line. */
  private static String last(String text) {
    String line = text.stripTrailing();
    if (line.endsWith("```") && line.length() > 3) {
      return line.substring(0, line.length() - 3);
    }
    if (line.endsWith("]") || line.endsWith("}")) {
      int open = Math.max(line.lastIndexOf('['), line.lastIndexOf('{'));
      if (open > 0
          && !Character.isDigit(line.charAt(open + 1))
          && Patterns.FENCE.matcher(line.substring(open)).matches()) {
        return line.substring(0, open);
      }
    }
    if (line.endsWith(">")) {
      int open = line.lastIndexOf('<');
      String tag = open < 0 ? "" : line.substring(open);
      if (!KERNEL_MARKS.contains(tag) && Patterns.TAG.matcher(tag).matches()) {
        return line.substring(0, open);
      }
    }
    return text;
  }

  private static String quoted(String text, int at) {
    String line = text.substring(at).stripTrailing();
    if (line.length() > 2
        && line.endsWith(",")
        && line.charAt(line.length() - 2) == line.charAt(0)) {
      line = line.substring(0, line.length() - 1); // an item of a list
    }
    char open = line.charAt(0);
    char close =
        switch (open) {
          case '\u201c' -> '\u201d';
          case '\u2018' -> '\u2019';
          case '\u00ab' -> '\u00bb';
          default -> open;
        };
    int marks = 1;
    while (marks < line.length() && line.charAt(marks) == open) {
      marks++;
    }
    int end = line.length() - marks;
    boolean whole = end > marks && line.substring(marks, end).indexOf(close) < 0;
    for (int i = end; whole && i < line.length(); i++) {
      whole = line.charAt(i) == close;
    }
    // A fence of Markdown with the first line of the log behind it.
    if (!whole && open == '`' && marks >= 3 && behindMark(line, marks)) {
      return line.substring(marks);
    }
    return whole ? line.substring(marks, end) : text;
  }

  /** The cell that holds the log, of a row of a table. */
  private String cell(String row) {
    List<String> cells = new ArrayList<>();
    int from = 1;
    for (int i = 1; i <= row.length() && cells.size() < MOST_CELLS; i++) {
      if (i == row.length() || isBar(row, i)) {
        cells.add(row.substring(from, i).replace("\\|", "|").strip());
        from = i + 1;
      }
    }
    int best = -1;
    int filled = 0;
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      filled += cell.isEmpty() ? 0 : 1;
      if (TextPrefix.holdsMessage(cell)) {
        best = i;
        column = i;
      }
    }
    if (filled > 1 && best < 0 && column >= 0 && column < cells.size()) {
      best = column;
    }
    for (int i = 0; i < cells.size() && (best < 0 || cells.get(best).isEmpty()); i++) {
      best =
          cells.stream().mapToInt(String::length).max().orElse(0) == cells.get(i).length()
              ? i
              : best;
    }
    return best < 0 ? "" : cells.get(best);
  }

  /** A bar that ends a cell: flags are joined by bars, too, but without blanks. */
  private static boolean isBar(String row, int at) {
    char c = row.charAt(at);
    boolean bar = c == '|' || c == '\u2502' || c == '\u2551' || c == '\u2503';
    return bar
        && row.charAt(at - 1) != '\\'
        && (row.charAt(at - 1) == ' ' || at == row.length() - 1 || row.charAt(at + 1) == ' ');
  }
}
