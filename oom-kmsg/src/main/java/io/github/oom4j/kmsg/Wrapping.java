package io.github.oom4j.kmsg;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether a line of a report can end where it ends, or was wrapped there. */
final class Wrapping {

  private static final Pattern ROW = Pattern.compile("\\[ *\\d+\\](?:[ \t]+-?\\d+)*(?:[ \t].*)?");
  private static final Pattern NAMELESS_ROW =
      Pattern.compile("\\[ *\\d+\\](?:[ \t]+-?\\d+)*[ \t]*");
  private static final Pattern USAGE =
      Pattern.compile("(?:memory|memory\\+swap|swap|kmem): usage .*");

  private static final int MOST_COLUMNS = 32;

  private static final Set<String> COLUMNS =
      Set.of(
          "[",
          "pid",
          "]",
          "uid",
          "tgid",
          "total_vm",
          "rss",
          "rss_anon",
          "rss_file",
          "rss_shmem",
          "nr_ptes",
          "nr_pmds",
          "nr_puds",
          "pgtables_bytes",
          "swapents",
          "cpu",
          "oom_adj",
          "oom_score_adj",
          "name");

  private Wrapping() {}

  /** Whether more must follow: the line begins like one of a report, and is not all of it. */
  static boolean isUnfinished(String text) {
    String line = text.strip();
    if (line.startsWith("oom-kill:")) {
      return !SummaryLine.isComplete(line);
    }
    if (NAMELESS_ROW.matcher(line).matches() || (startsTable(line) && !isTable(line))) {
      return true;
    }
    if (line.contains("pgtables:") && line.contains("illed process ")) { // never the last field
      return !line.contains(" oom_score_adj:");
    }
    if (startsUnfinished(line)) {
      return !isFinished(line);
    }
    return isDecisive(line) && !ReportReader.isWhole(plain(line));
  }

  private static boolean isDecisive(String line) {
    return line.contains("illed process ")
        || line.contains("ill process ")
        || line.endsWith("ut of memory:")
        || line.contains(" invoked oom-killer:")
        || line.endsWith(" invoked")
        || line.startsWith(GroupLine.START);
  }

  private static LogLine plain(String line) {
    return new LogLine(
        java.util.OptionalLong.empty(),
        java.util.Optional.empty(),
        java.util.Optional.empty(),
        java.util.Optional.empty(),
        false,
        false,
        true,
        line);
  }

  /** Whether it begins like a line that {@link #isFinished} can tell about. */
  static boolean startsUnfinished(String line) {
    return line.startsWith(OwnerLine.START)
        || line.startsWith(CgroupStats.START)
        || USAGE.matcher(line).matches();
  }

  static boolean isFinished(String line) {
    if (line.startsWith(OwnerLine.START)) {
      return OwnerLine.parse(line, true).stream()
          .flatMap(owner -> owner.candidates().stream())
          .anyMatch(candidate -> candidate.oomCgroup().isPresent());
    }
    if (line.startsWith(CgroupStats.START)) {
      return (line.contains(":") && !line.contains(": ")) || line.endsWith("KB");
    }
    return CgroupUsage.parse(line, true).isPresent();
  }

  /** Whether it is the head of the task table, whole or in part. */
  static boolean startsTable(String text) {
    return text.strip().startsWith("[ pid ]") || text.strip().startsWith("[  pid  ]");
  }

  /** Whether it is all of the head, and nothing else. */
  static boolean isTable(String text) {
    String line = text.strip();
    return line.endsWith(" name") && COLUMNS.containsAll(List.of(line.split("\\s+", MOST_COLUMNS)));
  }

  static boolean startsRow(String text) {
    return ROW.matcher(text.strip()).matches();
  }

  /** Whether a line may be the rest of a row: marks of what was left out begin otherwise. */
  static boolean mayGoOn(String text) {
    String line = text.strip();
    return !line.isEmpty()
        && "[<.-*#=".indexOf(line.charAt(0)) < 0
        && line.charAt(0) < 0x2000
        && !line.startsWith("(...")
        && !line.startsWith("(snip");
  }

  /** Whether the second line is a number by itself, behind a row that has all of its columns. */
  static boolean isNextNumber(String row, String next) {
    return isNumber(next) && !NAMELESS_ROW.matcher(row.strip()).matches();
  }

  static boolean isNumber(String text) {
    return new Cursor(text.strip()).isNumberToTheEnd();
  }
}
