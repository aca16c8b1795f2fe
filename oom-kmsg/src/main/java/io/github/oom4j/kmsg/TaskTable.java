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

  private static final List<String> LEVELS = List.of("nr_ptes", "nr_pmds", "nr_puds");

  /** No process has more page tables than that, in bytes. */
  private static final long MOST_TABLES = 1L << 50;

  private final List<String> columns;
  private final List<Row> rows = new ArrayList<>();
  private boolean full;

  /** A row as printed; most numbers are pages, whose size is known only at the end. */
  private static final class Row {
    private final int pid;
    private final long[] numbers;
    private final String comm;

    Row(int pid, long[] numbers, String comm) {
      this.pid = pid;
      this.numbers = numbers;
      this.comm = comm;
    }
  }

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
      numbers[i] = line.signedOrNone();
      if (numbers[i] == Cursor.NONE) {
        return false;
      }
    }
    if (!line.atEnd() && !line.skip(" ")) {
      return false;
    }
    String name = line.rest();
    if (fromText && !Comm.isPossible(name)) {
      name = name.replace(" ".repeat(8), "\t"); // as journalctl prints a tab
    }
    if (!Comm.isPossible(name)) {
      return false;
    }
    if (rows.size() == MOST_ROWS) {
      full = true;
    } else {
      rows.add(new Row(pid, numbers, name));
    }
    return true;
  }

  /** The rows, with a page of that many bytes. */
  List<Task> tasks(long page) {
    List<Task> tasks = new ArrayList<>(rows.size());
    for (Row row : rows) {
      tasks.add(task(row, page));
    }
    return tasks;
  }

  private Task task(Row row, long page) {
    long[] numbers = row.numbers;
    return new Task(
        row.pid,
        value(numbers, "tgid").orElse(row.pid),
        value(numbers, "uid").orElse(0),
        size(numbers, "total_vm", page).orElse(ByteSize.ZERO),
        size(numbers, "rss", page).orElse(ByteSize.ZERO),
        size(numbers, "rss_anon", page),
        size(numbers, "rss_file", page),
        size(numbers, "rss_shmem", page),
        pgtables(numbers, page),
        size(numbers, "swapents", page),
        adj(numbers),
        row.comm);
  }

  /** {@code total_vm} of that process in pages. */
  OptionalLong totalVm(long pid) {
    for (Row row : rows) {
      if (row.pid == pid) {
        return value(row.numbers, "total_vm");
      }
    }
    return OptionalLong.empty();
  }

  private OptionalLong value(long[] numbers, String column) {
    int at = columns.indexOf(column);
    return at < 0 ? OptionalLong.empty() : OptionalLong.of(numbers[at]);
  }

  /** A number of units as a size; what is not a number of pages, as a size's limits. */
  private Optional<ByteSize> size(long[] numbers, String column, long unit) {
    OptionalLong value = value(numbers, column);
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ByteSize.bytes(Math.max(0, Math.min(value.getAsLong(), Long.MAX_VALUE / unit)) * unit));
  }

  /** Up to 4.14, the number of pages that each level of the tables has. */
  private Optional<ByteSize> pgtables(long[] numbers, long page) {
    if (columns.contains("pgtables_bytes")) {
      return size(numbers, "pgtables_bytes", 1);
    }
    Optional<ByteSize> all = Optional.empty();
    for (String level : LEVELS) {
      Optional<ByteSize> pages = size(numbers, level, page);
      if (pages.isPresent() && pages.get().bytes() <= MOST_TABLES) {
        all = Optional.of(all.orElse(ByteSize.ZERO).plus(pages.get()));
      }
    }
    return all;
  }

  private OptionalInt adj(long[] numbers) {
    OptionalLong adj = value(numbers, "oom_score_adj");
    return adj.isPresent() && Math.abs(adj.getAsLong()) <= 1000
        ? OptionalInt.of((int) adj.getAsLong())
        : OptionalInt.empty();
  }

  /** Whether rows were dropped because there were too many. */
  boolean isFull() {
    return full;
  }
}
