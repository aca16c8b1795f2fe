package io.github.oom4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which threads of this JVM used the processors, those of the compilers and of the garbage
 * collector too: {@code /proc/self/task/*}{@code /stat}, proc_pid_stat(5), in its ticks of 10 ms.
 */
final class ThreadTimes {

  private ThreadTimes() {}

  /** Prints seconds of user and system time by kind of thread, and of threads that have ended. */
  static void print() throws IOException {
    Map<String, Long> ticks = new TreeMap<>();
    long all = ticks(Path.of("/proc/self/stat"));
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        String kind =
            Files.readString(task.resolve("comm")).strip().replaceAll("[-# ]*[0-9]+$", "");
        ticks.merge(kind, ticks(task.resolve("stat")), Long::sum);
      }
    }
    long ended = all - ticks.values().stream().mapToLong(Long::longValue).sum();
    ticks.merge("ended before", ended, Long::sum);
    ticks.forEach((kind, used) -> System.out.printf("%-16s %.2f s%n", kind, used / 100.0));
  }

  private static long ticks(Path stat) throws IOException {
    String line = Files.readString(stat);
    List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
    return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12)); // utime, stime
  }
}
