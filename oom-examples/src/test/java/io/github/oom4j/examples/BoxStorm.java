package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LimitScope;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopeResult;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Many boxes and many kills, to see that each verdict is right and that nothing piles up. As a
 * program it takes a backend, a number of kills of each kind, and a number of boxes that are made
 * four at a time.
 */
final class BoxStorm {

  private static final String HOG = "dd if=/dev/zero of=/dev/null bs=300M count=1";

  private static final Map<String, String> COMMANDS =
      Map.of(
          "own",
          "exec " + HOG,
          "survivor",
          HOG + " 2>/dev/null; exit 0",
          "other",
          "kill -9 $$",
          "fits",
          "exit 3");

  private final ScopeBackend backend;

  BoxStorm(ScopeBackend backend) {
    this.backend = backend;
  }

  private ScopeResult run(String script) throws InterruptedException {
    MemoryScope scope =
        MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).backend(backend).build();
    try (ScopedProcess job = scope.start("sh", "-c", script)) {
      return job.waitFor();
    }
  }

  /** Returns what was wrong, one line for each wrong verdict. */
  List<String> kills(int each) throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      for (Map.Entry<String, String> command : COMMANDS.entrySet()) {
        ScopeResult result = run(command.getValue());
        if (!isRight(command.getKey(), result)) {
          wrong.add(command.getKey() + " " + i + ": " + result.verdict().explain());
        }
      }
    }
    return wrong;
  }

  private static boolean isRight(String kind, ScopeResult result) {
    ExitVerdict verdict = result.verdict();
    boolean evidence = verdict.evidence().oomKills().isPresent();
    return evidence
        && switch (kind) {
          case "own" ->
              verdict instanceof ExitVerdict.OomKilled killed
                  && killed.scope() == LimitScope.OWN_LIMIT
                  && result.exitValue() == 137;
          case "survivor" ->
              verdict instanceof ExitVerdict.DescendantOomKilled killed
                  && killed.scope() == LimitScope.OWN_LIMIT
                  && result.exitValue() == 0;
          case "other" -> verdict instanceof ExitVerdict.Killed killed && killed.oomRuledOut();
          default -> verdict instanceof ExitVerdict.Exited exited && exited.code() == 3;
        };
  }

  /** Makes boxes, some at a time. */
  void boxes(int count, int atATime) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(atATime);
    try {
      List<Callable<Integer>> jobs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        jobs.add(() -> run("exit 3").exitValue());
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

  /** Takes backend, kills of each kind, boxes. */
  public static void main(String[] args) throws Exception {
    BoxStorm storm = new BoxStorm(ScopeBackend.parse(args[0]));
    storm.boxes(20, 4);
    print("before", counts());
    List<String> wrong = storm.kills(Integer.parseInt(args[1]));
    wrong.forEach(System.out::println);
    System.out.println("wrong verdicts: " + wrong.size());
    print("after kills", counts());
    storm.boxes(Integer.parseInt(args[2]), 4);
    Thread.sleep(1000); // systemd forgets units in its own time
    print("after boxes", counts());
  }

  private static void print(String when, Map<String, Long> counts) {
    System.out.println(
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" ", when + ": ", "")));
  }
}
