package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomKillEvent.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The task dump: a header row that names the columns, and a row for each process. The columns have
 * changed many times, so the header decides. Source: {@code dump_tasks()} in mm/oom_kill.c.
 */
final class TaskTable {

  /** The line in front of the table, since 4.19. */
  static final String TITLE = "Tasks state (memory values in pages):";

  /** The most rows that are kept of one dump. */
  static final int MOST_ROWS = 16_384;

  private static final int MOST_COLUMNS = 32;

  private final List<String> columns;
  private final List<Task> rows = new ArrayList<>();
  private boolean full;

  private TaskTable(List<String> columns) {
    this.columns = columns;
  }

  /** The header row: {@code [ pid ] uid tgid total_vm rss .. name}. */
  static Optional<TaskTable> header(String text) {
    Cursor line = new Cursor(text.strip());
    if (!line.skip("[")) {
      return Optional.empty();
    }
    line.skipBlanks();
    if (!line.skip("pid")) {
      return Optional.empty();
    }
    line.skipBlanks();
    if (!line.skip("]")) {
      return Optional.empty();
    }
    List<String> columns = List.of(line.rest().strip().split("\\s+", MOST_COLUMNS));
    int last = columns.size() - 1;
    return last > 0 && columns.get(last).equals("name") && columns.contains("total_vm")
        ? Optional.of(new TaskTable(columns.subList(0, last)))
        : Optional.empty();
  }

  /** Takes a row: {@code [<pid>]}, the numbers, one blank, and the name to the end of the line. */
  boolean accept(String text, boolean fromText) {
    Cursor line = new Cursor(fromText ? text.stripLeading() : text);
    if (!line.skip("[")) {
      return false;
    }
    line.skipBlanks();
    int pid = line.smallNumber();
    line.skipBlanks();
    if (pid < 0 || !line.skip("]")) {
      return false;
    }
    long[] numbers = new long[columns.size()];
    for (int i = 0; i < numbers.length; i++) {
      line.skipBlanks();
      Optional<Long> number = line.signedNumber();
      if (number.isEmpty()) {
        return false;
      }
      numbers[i] = number.get();
    }
    if (!line.atEnd() && !line.skip(" ")) {
      return false;
    }
    if (!Comm.isPossible(line.rest())) {
      return false;
    }
    if (rows.size() == MOST_ROWS) {
      full = true;
    } else {
      rows.add(task(pid, numbers, line.rest()));
    }
    return true;
  }

  private Task task(int pid, long[] numbers, String comm) {
    return new Task(
        pid,
        value(numbers, "tgid").orElse(pid),
        value(numbers, "uid").orElse(0),
        value(numbers, "total_vm").orElse(0),
        value(numbers, "rss").orElse(0),
        value(numbers, "rss_anon"),
        value(numbers, "rss_file"),
        value(numbers, "rss_shmem"),
        pgtables(numbers),
        value(numbers, "swapents"),
        adj(numbers),
        comm);
  }

  private OptionalLong value(long[] numbers, String column) {
    int at = columns.indexOf(column);
    return at < 0 ? OptionalLong.empty() : OptionalLong.of(numbers[at]);
  }

  private Optional<ByteSize> pgtables(long[] numbers) {
    OptionalLong bytes = value(numbers, "pgtables_bytes");
    return bytes.isPresent() && bytes.getAsLong() >= 0
        ? Optional.of(ByteSize.bytes(bytes.getAsLong()))
        : Optional.empty();
  }

  private OptionalInt adj(long[] numbers) {
    OptionalLong adj = value(numbers, "oom_score_adj");
    return adj.isPresent() && Math.abs(adj.getAsLong()) <= 1000
        ? OptionalInt.of((int) adj.getAsLong())
        : OptionalInt.empty();
  }

  List<Task> rows() {
    return rows;
  }

  /** Whether rows were dropped because there were too many. */
  boolean isFull() {
    return full;
  }
}
