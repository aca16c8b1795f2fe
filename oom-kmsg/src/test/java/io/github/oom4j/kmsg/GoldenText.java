package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What regular expressions find in a log: nothing here knows the parser. */
record GoldenText(List<String> lines) {

  static GoldenText of(GoldenLog log) {
    String newline = log.toString().endsWith(".kmsg") ? "\\x0a" : "\n";
    return new GoldenText(List.of(log.text().replace(newline, "\n").split("\n", -1)));
  }

  long count(String words) {
    return lines.stream().filter(line -> line.contains(words)).count();
  }

  long matches(String regex) {
    return lines.stream().filter(line -> Pattern.compile(regex).matcher(line).find()).count();
  }

  /** The sum of the numbers in the first group. */
  long total(String regex) {
    long total = 0;
    for (String line : lines) {
      Matcher matcher = Pattern.compile(regex).matcher(line);
      if (matcher.find()) {
        total += Long.parseLong(matcher.group(1));
      }
    }
    return total;
  }

  long flags() {
    long flags = 0;
    for (String line : lines) {
      Matcher matcher =
          Pattern.compile("invoked oom-killer: gfp_mask=0x\\w+\\(([^)]*)\\)").matcher(line);
      if (matcher.find()) {
        flags += matcher.group(1).split("\\|", -1).length;
      }
    }
    return flags;
  }

  long frames() {
    return matches("^(?!.*RIP).*[ >(;.]\\w[\\w.]*\\+0x[0-9a-f]+/0x[0-9a-f]+");
  }

  /** {@code <name> <number>} between the cgroup's line and the task table. */
  long statistics() {
    long statistics = 0;
    boolean inside = false;
    for (String line : lines) {
      inside |= line.contains("Memory cgroup stats for ");
      inside &= !line.contains("Tasks state ") && !line.contains("oom-kill:");
      statistics += inside && line.matches("(.*[;\\] :]|)[a-z_]+ \\d+") ? 1 : 0;
    }
    return statistics;
  }

  /** {@code <name>:<number>} between {@code Mem-Info:} and the first node. */
  long pageCounts() {
    long counts = 0;
    boolean inside = false;
    for (String line : lines) {
      inside |= line.contains("active_anon:") && line.contains("isolated_anon:");
      inside &= !line.contains("kB");
      Matcher matcher = Pattern.compile("\\b[a-z_]+:\\d+(?= |$)").matcher(line);
      while (inside && matcher.find()) {
        counts++;
      }
    }
    return counts;
  }

  /** The rss column of the task rows. */
  List<Long> tasks() {
    List<Long> rss = new ArrayList<>();
    Pattern row = Pattern.compile("\\[ *\\d+\\] +\\d+ +\\d+ +\\d+ +(\\d+) +\\d+ ");
    for (String line : lines) {
      Matcher matcher = row.matcher(line);
      if (matcher.find()) {
        rss.add(Long.parseLong(matcher.group(1)));
      }
    }
    return rss;
  }
}
