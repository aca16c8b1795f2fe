package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LimitScope;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopeUnit;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Many boxes and many kills, to see that each verdict is right and that nothing piles up. As a
 * program it takes a backend, a number of kills by the box's own limit, a number of those of each
 * other kind, and a number of boxes that are made four at a time. Its exit status is the number of
 * what was wrong, 100 at most.
 */
final class BoxStorm {

  private static final String HOG = "dd if=/dev/zero of=/dev/null bs=300M count=1";
  private static final String TEN = "for i in 1 2 3 4 5 6 7 8 9; do sleep 100 & done; exec " + HOG;
  private static final ByteSize MAX = ByteSize.mebibytes(64);

  private final ScopeBackend backend;

  BoxStorm(ScopeBackend backend) {
    this.backend = backend;
  }

  /** A way for a command to end, and what the verdict has to be. */
  private record Kind(String name, Run run, Predicate<ScopeResult> right) {}

  private interface Run {
    ScopeResult run() throws Exception;
  }

  private Kind own() {
    return new Kind("own limit", () -> run(box(), "exec " + HOG), ownLimit(MAX));
  }

  private List<Kind> others() {
    List<Kind> kinds = new ArrayList<>();
    kinds.add(
        new Kind(
            "survivor",
            () -> run(box(), HOG + " 2>/dev/null; exit 0"),
            result ->
                result.verdict() instanceof ExitVerdict.DescendantOomKilled killed
                    && killed.scope() == LimitScope.OWN_LIMIT
                    && result.exitValue() == 0));
    kinds.add(
        new Kind(
            "killed by another",
            () -> run(box(), "kill -9 $$"),
            result ->
                result.verdict() instanceof ExitVerdict.Killed killed && killed.oomRuledOut()));
    kinds.add(
        new Kind(
            "fits",
            () -> run(box(), "exit 3"),
            result -> result.verdict() instanceof ExitVerdict.Exited exited && exited.code() == 3));
    if (backend != ScopeBackend.CGROUP_V1) {
      kinds.add(
          new Kind(
              "group of ten",
              () -> run(box().oomGroup(true), TEN),
              ownLimit(MAX).and(BoxStorm::isOfTen)));
      kinds.add(
          new Kind(
              "swap on",
              () -> run(box().swapMax(ByteSize.mebibytes(32)), "exec " + HOG),
              ownLimit(MAX)));
      kinds.add(new Kind("parent's limit", this::underParent, killed(LimitScope.ANCESTOR_LIMIT)));
    }
    if (Files.isExecutable(Path.of("/usr/local/bin/hog"))) {
      // The hog pins its own code; its high adj makes it the victim before any other runs short.
      kinds.add(
          new Kind(
              "system-wide",
              () -> run(box().memoryMax(ByteSize.gibibytes(1024)), "exec hog 100000 adj 1000"),
              killed(LimitScope.SYSTEM)));
    }
    return kinds;
  }

  private static Predicate<ScopeResult> killed(LimitScope scope) {
    return result ->
        result.exitValue() == 137
            && result.verdict() instanceof ExitVerdict.OomKilled killed
            && killed.scope() == scope;
  }

  /** The peak is the limit, but for what each CPU had reserved. */
  private static Predicate<ScopeResult> ownLimit(ByteSize max) {
    return killed(LimitScope.OWN_LIMIT)
        .and(
            result ->
                result.peak().isEmpty() || result.peak().get().bytes() > max.bytes() * 9 / 10);
  }

  private static boolean isOfTen(ScopeResult result) {
    // oom_group_kill came with 5.17. The first victim may be counted twice.
    return result.events().oomGroupKill().orElse(1) == 1
        && result.events().oomKill().orElse(0) >= 10;
  }

  private MemoryScope.Builder box() {
    return MemoryScope.builder().memoryMax(MAX).backend(backend);
  }

  private static ScopeResult run(MemoryScope.Builder box, String script) throws Exception {
    try (ScopedProcess job = box.start("sh", "-c", script)) {
      return job.waitFor();
    }
  }

  /** The cgroup above gets a limit that the command meets before its own. */
  private ScopeResult underParent() throws Exception {
    MemoryScope.Builder box = box().memoryMax(ByteSize.mebibytes(400)).oomScoreAdj(1000);
    boolean systemd = backend != ScopeBackend.CGROUPFS;
    if (systemd) {
      box.unit(ScopeUnit.any().withSlice("oom4jstorm.slice"));
    }
    try (ScopedProcess job = box.start("sh", "-c", "read line; exec " + HOG)) {
      Path above = Objects.requireNonNull(job.cgroup().path().getParent());
      Path limited = systemd ? Objects.requireNonNull(above.getParent()) : above;
      long used = Long.parseLong(Files.readString(limited.resolve("memory.current")).strip());
      Files.writeString(limited.resolve("memory.max"), Long.toString(used + MAX.bytes()));
      try {
        job.process().getOutputStream().close();
        return job.waitFor();
      } finally {
        Files.writeString(limited.resolve("memory.max"), "max");
      }
    }
  }

  /** Returns how many were wrong, and prints them. */
  private static int repeat(Kind kind, int times) throws Exception {
    int wrong = 0;
    for (int i = 0; i < times; i++) {
      ScopeResult result = kind.run().run();
      boolean evidence = result.verdict().evidence().oomKills().isPresent();
      if (!evidence || !kind.right().test(result)) {
        wrong++;
        System.out.println(
            kind.name() + " " + i + ": " + result + " " + result.verdict().explain());
      }
    }
    System.out.printf("%-18s %d of %d right%n", kind.name(), times - wrong, times);
    return wrong;
  }

  /** Makes boxes, some at a time. */
  void boxes(int count, int atATime) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(atATime);
    try {
      List<Callable<Integer>> jobs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        jobs.add(() -> run(box(), "exit 3").exitValue());
      }
      for (Future<Integer> job : threads.invokeAll(jobs)) {
        if (job.get() != 3) {
          throw new IllegalStateException("exit value " + job.get());
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  /** What may pile up: descriptors and threads of this JVM, units, cgroups, memory of PID 1. */
  static Map<String, Long> counts() throws IOException, InterruptedException {
    return Map.of(
        "descriptors",
        (long) Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list()).length,
        "threads",
        number("/proc/self/status", "Threads:\\s+(\\d+)"),
        "pid1_rss_kb",
        number("/proc/1/status", "VmRSS:\\s+(\\d+)"),
        "children",
        ProcessHandle.current().descendants().count(),
        "cgroups",
        cgroups(),
        "units",
        units());
  }

  private static long cgroups() throws IOException {
    try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), 12, (path, is) -> isBox(path))) {
      return all.count();
    }
  }

  private static boolean isBox(Path path) {
    return String.valueOf(path.getFileName()).startsWith("oom4j-");
  }

  private static long units() throws IOException, InterruptedException {
    if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
      return 0;
    }
    String user = System.getProperty("user.name").equals("root") ? "--system" : "--user";
    Process systemctl =
        new ProcessBuilder("systemctl", user, "list-units", "--all", "--no-legend", "oom4j-*")
            .start();
    long count = systemctl.inputReader().lines().count();
    systemctl.waitFor();
    return count;
  }

  private static long number(String file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Takes backend, kills by the own limit, kills of each other kind, boxes. */
  public static void main(String[] args) throws Exception {
    BoxStorm storm = new BoxStorm(ScopeBackend.parse(args[0]));
    storm.boxes(20, 4);
    int wrong = left("before");
    wrong += repeat(storm.own(), Integer.parseInt(args[1]));
    for (Kind kind : storm.others()) {
      wrong += repeat(kind, Integer.parseInt(args[2]));
    }
    wrong += left("after kills");
    storm.boxes(Integer.parseInt(args[3]), 4);
    wrong += left("after boxes");
    System.exit(Math.min(100, wrong));
  }

  /** How many boxes and units are left when scopes and guards have had the time to end. */
  private static int left(String when) throws Exception {
    Thread.sleep(5000);
    Map<String, Long> counts = counts();
    print(when, counts);
    return Math.toIntExact(counts.getOrDefault("cgroups", 0L) + counts.getOrDefault("units", 0L));
  }

  private static void print(String when, Map<String, Long> counts) {
    System.out.println(
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" ", when + ": ", "")));
  }
}
