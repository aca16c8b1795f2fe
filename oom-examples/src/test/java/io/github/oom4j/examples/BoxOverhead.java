package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopeUnit;
import io.github.oom4j.cgroup.ScopedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a box costs over a plain process: {@code true} run in turns as it is, through {@code
 * systemd-run --scope --quiet}, and in a box of each backend. Prints medians and quartiles in
 * milliseconds, and the median of what each way took more than the plain process of the same round.
 * Takes the number of rounds and the backends; with {@code new-} before a backend of systemd each
 * box is in a new scope. Where a round takes more than a second, no scope serves the next.
 */
final class BoxOverhead {

  /** systemd forgets a scope after its end: the next one to be measured shall not pay for that. */
  private static final long PAUSE_MILLIS = 100;

  private static final int WARM_UP = 30;

  private interface Way {
    void run() throws Exception;
  }

  private BoxOverhead() {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("plain", () -> run("true"));
    for (String name : Arrays.asList(args).subList(1, args.length)) {
      ScopeBackend backend = ScopeBackend.parse(name.replaceFirst("^new-", ""));
      if (backend == ScopeBackend.SYSTEMD) {
        ways.put("systemd-run", () -> run("systemd-run", "--scope", "--quiet", "true"));
      } else if (backend == ScopeBackend.SYSTEMD_USER) {
        ways.put("systemd-run", () -> run("systemd-run", "--user", "--scope", "--quiet", "true"));
      }
      MemoryScope.Builder scope =
          MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).backend(backend);
      if (name.startsWith("new-")) {
        // With a time limit of its own no scope serves a second box.
        scope.unit(ScopeUnit.any().withRuntimeMax(Duration.ofMinutes(1)));
      }
      MemoryScope described = scope.build();
      ways.put(name, () -> box(described));
    }
    Map<String, List<Long>> times = new LinkedHashMap<>();
    for (int round = -WARM_UP; round < rounds; round++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        Thread.sleep(PAUSE_MILLIS);
        long start = System.nanoTime();
        way.getValue().run();
        long time = System.nanoTime() - start;
        if (round >= 0) {
          times.computeIfAbsent(way.getKey(), name -> new ArrayList<>()).add(time);
        }
      }
    }
    List<Long> plain = times.getOrDefault("plain", List.of());
    times.forEach((name, all) -> print(name, all, plain));
  }

  private static void run(String... command) throws Exception {
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(command[0] + " exited with " + exit);
    }
  }

  private static void box(MemoryScope scope) throws Exception {
    try (ScopedProcess job = scope.start(new ProcessBuilder("true").inheritIO())) {
      if (job.waitFor().exitValue() != 0) {
        throw new IllegalStateException(job.waitFor().verdict().explain());
      }
    }
  }

  private static void print(String name, List<Long> times, List<Long> plain) {
    List<Long> more = new ArrayList<>();
    for (int i = 0; i < times.size(); i++) {
      more.add(times.get(i) - plain.get(i));
    }
    System.out.printf(
        "%-18s median %6.1f ms  quartiles %6.1f to %6.1f  over plain %6.1f ms%n",
        name,
        quantile(times, 0.5),
        quantile(times, 0.25),
        quantile(times, 0.75),
        quantile(more, 0.5));
  }

  private static double quantile(List<Long> times, double part) {
    return times.stream().sorted().toList().get((int) (times.size() * part)) / 1e6;
  }
}
