package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What happens to a log between the kernel and an issue tracker, each as a function of its lines.
 */
record Damage(String name, UnaryOperator<List<String>> harm) {

  static final List<Damage> ALL = all();

  private static List<Damage> all() {
    Map<String, UnaryOperator<List<String>>> all = new LinkedHashMap<>();
    all.put("none", lines -> lines);
    all.put("quoted", each(line -> "> " + line));
    all.put("quoted twice", each(line -> ">> " + line));
    all.put("quoted thrice", each(line -> "> > > " + line));
    all.put("quoted without blank", each(line -> ">" + line));
    all.put("indented", each(line -> "    " + line));
    all.put("indented by a tab", each(line -> "\t" + line));
    all.put("fenced", lines -> around("```", lines, "```"));
    all.put("in a list", each(line -> "   > " + line));
    all.put("one cell", each(line -> "| " + line + " |"));
    all.put("escaped cell", each(line -> "| " + line.replace("|", "\\|") + " |"));
    all.put("padded cell", each(line -> "| %-160s |".formatted(line)));
    all.put("three cells", each(line -> "| 7 | node-1 | " + line + " |"));
    all.put("CRLF", each(line -> line + "\r"));
    all.put("coloured", each(Damage::coloured));
    all.put("HTML entities", each(Damage::entities));
    all.put("HTML quoted", each(line -> entities("> " + line)));
    all.put("HTML breaks", each(line -> line + "<br>"));
    all.put("HTML pre", lines -> around("<pre><code>", lines, "</code></pre>"));
    all.put("trailing blanks", Damage::padded);
    all.put("backslashes", each(line -> line + "\\"));
    all.put("backticks", each(line -> "`" + line + "`"));
    all.put("smart quotes", each(line -> "\u201c" + line + "\u201d"));
    all.put("no-break blanks", each(line -> line.replace("  ", "\u00a0 ")));
    all.put("tabs for blanks", each(line -> line.replace("        ", "\t")));
    all.put("numbered by grep", each(line -> "/var/log/kern.log:123:" + line));
    all.put("numbered by cat", lines -> numbered(lines));
    all.put("docker json", each(line -> json("log", line + "\n", "\"stream\":\"stdout\"")));
    all.put("loki json", each(line -> json("message", line, "\"level\":\"info\"")));
    all.put("CRI", each(line -> "2026-11-22T19:07:32.614679123Z stdout F " + line));
    all.put("compose", each(line -> "node_1  | " + line));
    all.put("ts", each(line -> "Nov 22 19:07:31 " + line));
    all.put("ISO ts", each(line -> "2026-11-22T19:07:31.123456+0100 " + line));
    all.put("interleaved", Damage::interleaved);
    all.put("blank lines", lines -> interleave(lines, ""));
    for (int width : new int[] {72, 76, 80, 100, 120}) {
      all.put("mail " + width, lines -> wrap(lines, width, true, ""));
      all.put("mail indented " + width, lines -> wrap(lines, width, true, "  "));
      all.put("terminal " + width, lines -> wrap(lines, width, false, ""));
      all.put("terminal indented " + width, lines -> wrap(lines, width, false, "    "));
    }
    List<Damage> damages = new ArrayList<>();
    all.forEach((name, harm) -> damages.add(new Damage(name, harm)));
    return damages;
  }

  Damage then(Damage second) {
    return new Damage(
        name + ", then " + second.name, lines -> second.harm.apply(harm.apply(lines)));
  }

  /**
   * Whether that can happen to a log: lines are wrapped last, but for marks of quotes and cells.
   */
  boolean mayFollow(Damage first) {
    return !equals(first)
        && !KNOWN.contains(first.name)
        && !(name + first.name).contains("terminal") // a table of tasks may lose names
        && !name.equals("HTML breaks")
        && !(first.name.equals("HTML pre") && LEADS.contains(name))
        && !(wraps() && java.util.Set.of("CRI", "ts", "ISO ts").contains(first.name))
        && !(LEADS.contains(first.name) && java.util.Set.of("ts", "ISO ts", "CRI").contains(name))
        && !(wraps() && CLOSED.contains(first.name))
        && !(first.wraps() && (wraps() || AROUND_WHOLE_LINES.contains(name)))
        && !(name.startsWith("HTML") && first.name.startsWith("HTML"));
  }

  /** Not read when something else follows; each by itself is. */
  private static final java.util.Set<String> KNOWN =
      java.util.Set.of("CRLF", "backslashes", "blank lines", "HTML breaks");

  private static final java.util.Set<String> LEADS =
      java.util.Set.of("numbered by grep", "numbered by cat", "compose", "HTML quoted");

  /** What encloses a line is not wrapped by itself. */
  private static final java.util.Set<String> CLOSED =
      java.util.Set.of(
          "one cell",
          "escaped cell",
          "padded cell",
          "three cells",
          "backticks",
          "smart quotes",
          "backslashes",
          "trailing blanks",
          "coloured",
          "docker json",
          "loki json",
          "HTML entities",
          "HTML quoted",
          "HTML breaks",
          "blank lines");

  private static final java.util.Set<String> AROUND_WHOLE_LINES =
      java.util.Set.of(
          "numbered by grep",
          "numbered by cat",
          "docker json",
          "loki json",
          "CRI",
          "compose",
          "ts",
          "ISO ts",
          "interleaved",
          "blank lines");

  boolean wraps() {
    return name.contains("mail") || name.contains("terminal");
  }

  private static UnaryOperator<List<String>> each(Function<String, String> line) {
    return lines -> lines.stream().map(line).toList();
  }

  private static List<String> around(String before, List<String> lines, String after) {
    List<String> all = new ArrayList<>(lines);
    all.set(0, before + "\n" + lines.get(0));
    all.add(after);
    return all;
  }

  private static String coloured(String line) {
    int end = line.indexOf("] ");
    return end < 0
        ? "\u001b[33m" + line + "\u001b[0m"
        : "\u001b[32m"
            + line.substring(0, end + 2)
            + "\u001b[0m\u001b[1;31m"
            + line.substring(end + 2)
            + "\u001b[0m";
  }

  private static String entities(String line) {
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static List<String> padded(List<String> lines) {
    // Not the task table, where a blank is part of a name.
    return lines.stream().map(l -> l.contains("total-vm") ? l + "     " : l).toList();
  }

  private static List<String> numbered(List<String> lines) {
    List<String> numbered = new ArrayList<>();
    for (String line : lines) {
      numbered.add("%6d\t%s".formatted(numbered.size() + 1, line));
    }
    return numbered;
  }

  private static String json(String key, String text, String more) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "{\""
        + key
        + "\":\""
        + escaped.replace("\t", "\\t").replace("<", "\\u003c")
        + "\","
        + more
        + ",\"time\":\"2026-11-22T19:07:32.614Z\"}";
  }

  private static List<String> interleaved(List<String> lines) {
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      if (all.size() % 5 == 3) {
        all.add("Nov 22 19:07:31 guest systemd[1]: Started app.service - An application.");
      }
      all.add(line);
    }
    return all;
  }

  private static List<String> interleave(List<String> lines, String between) {
    return lines.stream().flatMap(line -> List.of(line, between).stream()).toList();
  }

  private static List<String> wrap(List<String> lines, int width, boolean atBlanks, String indent) {
    List<String> wrapped = new ArrayList<>();
    for (String line : lines) {
      String rest = line;
      while (rest.length() > width) {
        int at = atBlanks ? rest.lastIndexOf(' ', width) : width;
        if (atBlanks && rest.substring(0, Math.max(at, 0)).isBlank()) {
          at = rest.indexOf(' ', width); // a word that is longer than the line
        }
        if (at < 0) {
          break;
        }
        wrapped.add(rest.substring(0, at));
        rest = indent + rest.substring(atBlanks ? at + 1 : at);
      }
      wrapped.add(rest);
    }
    return wrapped;
  }

  @Override
  public String toString() {
    return name;
  }
}
