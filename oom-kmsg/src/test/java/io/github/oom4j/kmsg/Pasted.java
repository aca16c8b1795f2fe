package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What else happens to a log on its way: each is tried by itself, without the other damages. */
final class Pasted {

  private static final String BREAK = "\\" + 'n';
  private static final String KILL = "Killed process ";

  private Pasted() {}

  static List<Damage> all() {
    Map<String, UnaryOperator<List<String>>> all = new LinkedHashMap<>();
    prefixes(all);
    numbers(all);
    fences(all);
    marks(all);
    joined(all);
    List<Damage> damages = new ArrayList<>();
    all.forEach((name, harm) -> damages.add(new Damage(name, harm)));
    return damages;
  }

  private static void prefixes(Map<String, UnaryOperator<List<String>>> all) {
    for (String prefix :
        List.of(
            "Jun  2 03:04:05 myhost kernel: ",
            "Jun  2 03:04:05.123456 myhost kernel: ",
            "Jun  2 03:04:05.123456 CET myhost kernel: ",
            "Jun  2 2024 03:04:05 CEST myhost kernel: ",
            "Jun 02 03:04:05 2024 myhost kernel: ",
            "2024 Jun  2 03:04:05 myhost kernel: ",
            "Jun  2 03:04:05 10.1.2.3 Jun  2 03:04:04 myhost kernel: ",
            "Jun  2 03:04:05 myhost kernel[0]: ",
            "Jun  2 03:04:05 myhost [kernel] ",
            "Jun  2 03:04:05 myhost kern.notice ",
            "Jun  2 03:04:05 myhost kern.warn kernel: ",
            "Jun  2 03:04:05 kern@myhost kernel: ",
            "Sun Jun  2 03:04:05 2024 kern.err kernel: ",
            "f\u00e9vr. 02 03:04:05 myhost kernel: ",
            "\u0441\u0435\u043d\u0442. 02 03:04:05 myhost kernel: ",
            "1\u6708 02 03:04:05 myhost kernel: ",
            "02 Jan 03:04:05 myhost kernel: ",
            "2024/06/02 03:04:05 myhost kernel: ",
            "<6>1 2024-06-02T03:04:05.123Z myhost kernel - - - ",
            "<6>1 2024-06-02T03:04:05.123Z myhost kernel - - [meta sequenceId=\"29\"] ",
            "2024-06-02T03:04:05.000Z i-0123456789abcdef0 ",
            "06-02 03:04:05.123     0     0 W kernel  : ",
            "I 2024-06-02T03:04:05Z ",
            "kernel: ",
            "kernel:",
            "[pod/dmesg-abc/dmesg] ",
            "[2024-05-01T10:11:12.123Z] ",
            "00:12:34.567 ",
            "E       ",
            "12:34 < joe> ")) {
      all.put("prefix " + prefix, each(line -> prefix + line));
    }
    all.put(
        "wall", lines -> flat(lines, l -> List.of("", "Message from syslogd:", " kernel:" + l)));
  }

  private static void numbers(Map<String, UnaryOperator<List<String>>> all) {
    for (String format : List.of("%d: ", "%d. ", "%4d | ", "%4d\u2502", "%d) ", "%05d ", "%d:")) {
      all.put("numbered " + format, lines -> numbered(lines, format, ""));
    }
    all.put("numbers on lines of their own", lines -> numbered(lines, "%d", "\n"));
    all.put("grep -C", each(line -> "messages-1" + (line.contains(KILL) ? ":" : "-") + line));
    all.put("diff", each(line -> "+" + line));
    all.put("reverse diff", each(line -> "-" + line));
  }

  private static void fences(Map<String, UnaryOperator<List<String>>> all) {
    for (String fence : List.of("[code]", "[CODE=bash]", "{code:none}", "{noformat}", "```")) {
      String close = fence.startsWith("[") ? "[/code]" : fence.replace(":none", "");
      all.put("fence " + fence, lines -> fenced(lines, fence, close));
    }
    all.put("span", each(line -> "<span class=\"line\">" + entities(line) + "</span>"));
    all.put("YAML", each(line -> "  " + line));
  }

  private static void marks(Map<String, UnaryOperator<List<String>>> all) {
    all.put("bold words", each(line -> line.replace(KILL, "**" + KILL.strip() + "** ")));
    all.put("bold line", each(line -> line.contains(KILL) ? "**" + line + "**" : line));
    all.put("highlighted", each(line -> line.replace("oom", "<em class=\"hl\">oom</em>")));
    all.put("bold in HTML", each(line -> line.replace(KILL, "<b>" + KILL.strip() + "</b> ")));
    all.put(
        "grep --color",
        each(line -> line.replaceAll("oom|Killed", "\u001b[01;31m\u001b[K$0\u001b[m\u001b[K")));
    all.put("arrow", each(line -> (line.contains(KILL) ? "--> " : "    ") + line));
    all.put("star", each(line -> (line.contains(KILL) ? "*" : "") + line));
    all.put("remark", each(line -> line.contains(KILL) ? line + "   <--- here" : line));
    all.put("dashes", each(line -> line.replace('-', '\u2013')));
    all.put("marks of direction", each(line -> "\u200e" + line));
    all.put("zero-width", each(line -> "\u200b" + line));
    all.put("no-break blanks only", each(line -> line.replace(' ', '\u00a0')));
    all.put("carriage returns", each(line -> line + "\r\r"));
  }

  private static void joined(Map<String, UnaryOperator<List<String>>> all) {
    all.put("escaped", lines -> List.of(String.join(BREAK, escaped(lines))));
    all.put("a string", lines -> List.of("text = '" + String.join(BREAK, lines) + "'"));
    all.put("JSON", lines -> List.of("{\"body\":\"" + String.join(BREAK, escaped(lines)) + "\"}"));
    all.put("a list", lines -> List.of("[\"" + String.join("\", \"", escaped(lines)) + "\"]"));
    all.put("C", lines -> escaped(lines).stream().map(line -> "  \"" + line + "\\n\"").toList());
    all.put("lines of a list", lines -> listed(lines));
    all.put("breaks", lines -> List.of(String.join("<br/>", each(Pasted::entities).apply(lines))));
    all.put("returns only", lines -> List.of(String.join("\r", lines)));
    all.put("empty lines", lines -> flat(lines, line -> List.of(line, "")));
  }

  private static UnaryOperator<List<String>> each(Function<String, String> line) {
    return lines -> lines.stream().map(line).toList();
  }

  private static List<String> flat(List<String> lines, Function<String, List<String>> line) {
    return lines.stream().flatMap(each -> line.apply(each).stream()).toList();
  }

  private static List<String> numbered(List<String> lines, String format, String between) {
    List<String> numbered = new ArrayList<>();
    for (String line : lines) {
      numbered.add(format.formatted(numbered.size() + 1) + between + line);
    }
    return numbered;
  }

  private static List<String> fenced(List<String> lines, String open, String close) {
    List<String> fenced = new ArrayList<>(lines);
    fenced.set(0, open + lines.get(0));
    int last = lines.size() - 1;
    fenced.set(last, fenced.get(last) + close);
    return fenced;
  }

  private static List<String> listed(List<String> lines) {
    List<String> listed = new ArrayList<>(List.of("ok: [node1] => {", "  \"stdout_lines\": ["));
    escaped(lines).forEach(line -> listed.add("    \"" + line + "\","));
    listed.addAll(List.of("  ]", "}"));
    return listed;
  }

  private static List<String> escaped(List<String> lines) {
    return lines.stream().map(line -> line.replace("\\", "\\\\").replace("\"", "\\\"")).toList();
  }

  private static String entities(String line) {
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
