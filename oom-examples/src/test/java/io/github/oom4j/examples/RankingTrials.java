package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Killability;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomPrediction;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.cgroup.Cgroup;
import io.github.oom4j.guest.Await;
import io.github.oom4j.kmsg.KernelLog;
import io.github.oom4j.kmsg.KernelLogWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Predicts victims, lets the kernel pick, and compares: random processes with random sizes and
 * oom_score_adj in random cgroups. As a program it takes a number of trials, a seed and scenarios;
 * it needs a guest, root and a delegated cgroup.
 *
 * <p>A cgroup's OOM is provoked by lowering its limit, a system-wide one by sysrq-f: neither makes
 * anybody grow, so what was predicted is what the kernel sees.
 */
final class RankingTrials {

  /** Where the limit is, and who is in it. */
  enum Scenario {
    /** One cgroup. */
    CGROUP,
    /** A limit above a tree of cgroups. */
    NESTED,
    /** The same, and some cgroups die as a whole. */
    GROUP,
    /** The same with swap. */
    SWAP,
    /** The whole machine. */
    SYSTEM
  }

  /** How the trials went. */
  record Tally(int trials, int hits, int withinMargin, int certain, List<String> misses) {}

  private static final int MIB = 1 << 20;

  private final Scenario scenario;
  private final Random random;
  private final Path parent;
  private final List<Process> processes = new ArrayList<>();

  private RankingTrials(Scenario scenario, Random random, Path parent) {
    this.scenario = scenario;
    this.random = random;
    this.parent = parent;
  }

  public static void main(String[] args) throws Exception {
    int trials = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    boolean missed = false;
    for (Scenario scenario : Scenario.values()) {
      if (args.length > 2 && !List.of(args).contains(scenario.name().toLowerCase(Locale.ROOT))) {
        continue;
      }
      Tally tally = run(scenario, trials, seed);
      System.out.printf(
          "%-7s %4d trials: %d hits (%d of them announced as certain), %d within the announced"
              + " margin, %d misses%n",
          scenario,
          tally.trials(),
          tally.hits(),
          tally.certain(),
          tally.withinMargin(),
          tally.misses().size());
      tally.misses().forEach(System.out::println);
      missed |= !tally.misses().isEmpty();
    }
    System.exit(missed ? 1 : 0);
  }

  static Tally run(Scenario scenario, int trials, long seed) throws Exception {
    // The leaf of a delegated cgroup: boxes stand beside it.
    Path parent = Objects.requireNonNull(Cgroup.self().path().getParent());
    BlockingQueue<OomKillEvent> kills = new LinkedBlockingQueue<>();
    int hits = 0;
    int margins = 0;
    int certain = 0;
    List<String> misses = new ArrayList<>();
    KernelLogWatch watch = KernelLog.follow(kills::add);
    try {
      for (int i = 0; i < trials; i++) {
        RankingTrials trial = new RankingTrials(scenario, new Random(seed + i), parent);
        try {
          Outcome outcome = trial.perform(kills);
          switch (outcome.kind()) {
            case "hit" -> hits++;
            case "margin" -> margins++;
            default -> misses.add("seed " + (seed + i) + ": " + outcome.words());
          }
          certain += outcome.certain() && outcome.kind().equals("hit") ? 1 : 0;
        } finally {
          trial.cleanUp();
        }
      }
    } finally {
      watch.close();
    }
    return new Tally(trials, hits, margins, certain, misses);
  }

  private record Outcome(String kind, boolean certain, String words) {}

  private Path top() {
    return parent.resolve("trial");
  }

  private Outcome perform(BlockingQueue<OomKillEvent> kills) throws Exception {
    List<Path> cgroups = makeCgroups();
    populate(cgroups);
    OomRanking ranking =
        scenario == Scenario.SYSTEM ? OomRanking.system() : Cgroup.at(top()).oomRanking();
    ByteSize limit = ByteSize.bytes(hogs() / (2 + random.nextInt(3)) / 4096 * 4096);
    OomPrediction prediction =
        (scenario == Scenario.SYSTEM ? ranking : ranking.withLimit(limit)).prediction();
    kills.clear();
    if (scenario == Scenario.SYSTEM) {
      write(Path.of("/proc/sysrq-trigger"), "f");
    } else {
      write(top().resolve("memory.max"), Long.toString(limit.bytes()));
    }
    return judge(prediction, Optional.ofNullable(kills.poll(20, TimeUnit.SECONDS)));
  }

  private static Outcome judge(OomPrediction prediction, Optional<OomKillEvent> found)
      throws InterruptedException {
    boolean certain = prediction.rivals().isEmpty();
    String words =
        prediction.explain() + " But: " + found.map(OomKillEvent::killLine).orElse("no kill");
    if (found.isEmpty()) {
      return new Outcome(prediction.victims().isEmpty() ? "hit" : "miss", certain, words);
    }
    if (prediction.victims().isEmpty()) {
      return new Outcome("miss", certain, words);
    }
    OomKillEvent kill = found.get();
    long pid = kill.victim().pid();
    if (pid != prediction.victims().get(0).pid()) {
      boolean announced = prediction.rivals().stream().anyMatch(rival -> rival.pid() == pid);
      boolean sameGroup = prediction.victims().stream().anyMatch(victim -> victim.pid() == pid);
      return new Outcome(announced || sameGroup ? "margin" : "miss", certain, words);
    }
    for (OomScore victim : prediction.victims()) {
      if (!Await.until(() -> isGone(victim.pid()))) {
        return new Outcome("miss", certain, words + "; alive: " + victim);
      }
    }
    if (kill.groupKill() != prediction.group().isPresent()) {
      return new Outcome("miss", certain, words + "; group kill: " + kill.groupKill());
    }
    return new Outcome("hit", certain, words);
  }

  private List<Path> makeCgroups() throws IOException {
    Files.createDirectory(top());
    List<Path> leaves = new ArrayList<>();
    if (scenario == Scenario.CGROUP) {
      leaves.add(top());
    } else {
      for (int i = 0; i < 2 + random.nextInt(3); i++) {
        // Names in another order than the kernel's.
        Path child = top().resolve((char) ('z' - random.nextInt(20)) + "" + i);
        leaves.add(child);
        write(top().resolve("cgroup.subtree_control"), "+memory");
        Files.createDirectory(child);
        if (random.nextInt(3) == 0) {
          write(child.resolve("cgroup.subtree_control"), "+memory");
          leaves.set(leaves.size() - 1, Files.createDirectory(child.resolve("leaf")));
        }
        if (grouped() && random.nextBoolean()) {
          write(child.resolve("memory.oom.group"), "1");
        }
      }
    }
    if (scenario != Scenario.SYSTEM) {
      write(top().resolve("memory.max"), Long.toString(1L << 30));
    }
    write(
        top().resolve("memory.swap.max"),
        scenario == Scenario.SWAP ? Long.toString((long) random.nextInt(16) * MIB) : "0");
    return leaves;
  }

  private boolean grouped() {
    return scenario == Scenario.GROUP || scenario == Scenario.SYSTEM;
  }

  private void populate(List<Path> cgroups) throws Exception {
    int count = 3 + random.nextInt(5);
    int common = 2 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      // Equal sizes now and then, for ties and near ties.
      int mebibytes = random.nextInt(3) == 0 ? common : 2 + random.nextInt(24);
      int adj =
          switch (random.nextInt(6)) {
            case 0 -> -1000;
            case 1 -> -random.nextInt(1000);
            case 2 -> random.nextInt(1001);
            default -> 0;
          };
      if (i == 0 && scenario == Scenario.SYSTEM) {
        mebibytes = 60 + random.nextInt(40); // rather than the machine's own services
        adj = 500;
      } else if (scenario == Scenario.SYSTEM && adj == 0) {
        adj = 480 + random.nextInt(30);
      }
      start(cgroups.get(random.nextInt(cgroups.size())), mebibytes, adj);
    }
    for (Process process : processes) {
      awaitSleeping(process.pid());
    }
  }

  private void start(Path cgroup, int mebibytes, int adj) throws IOException {
    String script = "echo $$ >\"$0/cgroup.procs\" && exec hog \"$1\" adj \"$2\" stay 600";
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                script,
                cgroup.toString(),
                Integer.toString(mebibytes),
                Integer.toString(adj))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    processes.add(process);
    process.inputReader().readLine();
    long least = (long) mebibytes * MIB;
    if (!Await.until(() -> rss(process.pid()) >= least || !process.isAlive())
        || !process.isAlive()) {
      throw new IOException("a process of " + mebibytes + " MiB did not start in " + cgroup);
    }
  }

  private static long rss(long pid) {
    return OomScore.find(pid)
        .filter(score -> score.comm().equals("hog") && score.killability() != Killability.INIT)
        .flatMap(OomScore::memory)
        .map(memory -> memory.rss().bytes())
        .orElse(0L);
  }

  private static void awaitSleeping(long pid) {
    Await.until(
        () -> {
          try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.contains(") S ");
          } catch (IOException e) {
            return true;
          }
        });
  }

  private static long hogs() {
    return OomRanking.system().victims().stream()
        .filter(score -> score.comm().equals("hog"))
        .flatMap(score -> score.memory().stream())
        .mapToLong(memory -> memory.rss().bytes())
        .sum();
  }

  private static boolean isGone(long pid) {
    return OomScore.find(pid)
        .map(score -> score.killability() == Killability.NO_MEMORY)
        .orElse(true);
  }

  private void cleanUp() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    removeTree(top());
    if (grouped()) {
      // Reports are rate limited, and a bare kill line right after a group's is read as one of it.
      Thread.sleep(300);
    }
  }

  private static void removeTree(Path cgroup) throws IOException {
    if (Files.notExists(cgroup)) {
      return;
    }
    List<Path> children;
    try (var entries = Files.list(cgroup)) {
      children = entries.filter(Files::isDirectory).toList();
    }
    for (Path child : children) {
      removeTree(child);
    }
    if (!Await.until(() -> cgroup.toFile().delete())) {
      throw new IOException("could not remove " + cgroup);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
  }
}
