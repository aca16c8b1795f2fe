package io.github.oom4j.examples;

import io.github.oom4j.Badness;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.ProcessMemory;
import io.github.oom4j.cgroup.Cgroup;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Score: who dies next. */
@Command(
    name = "ranking",
    description = "Show who dies next: processes in the order in which an OOM would kill them.",
    mixinStandardHelpOptions = true)
final class RankingCommand implements Callable<Integer> {

  /** Home, and clear to the end: a terminal is drawn over, not scrolled. */
  private static final String HOME = "\u001b[H\u001b[J";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show at most N processes; 0 for all. Default: 20, with --json all.")
  private @Nullable Integer limit;

  @Option(
      names = "--cgroup",
      paramLabel = "PATH",
      description =
          "Rank for the limit that is hit if this cgroup grows: a directory below /sys/fs/cgroup,"
              + " or a cgroup's name.")
  private @Nullable String cgroup;

  @Option(
      names = "--what-if",
      paramLabel = "PID=ADJ",
      description =
          "As if that process had that oom_score_adj. Nothing is written. May be repeated.")
  private Map<Long, Integer> whatIf = new LinkedHashMap<>();

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "2",
      paramLabel = "SECONDS",
      description = "Show it again every so many seconds (2), until interrupted.")
  private @Nullable Double watch;

  @Option(names = "--json", description = "Print one JSON object for each process, in kill order.")
  private boolean json;

  @Override
  public Integer call() {
    int most = limit == null ? (json ? 0 : 20) : limit;
    if (most < 0) {
      throw new IllegalArgumentException("--limit is 0 or more, not " + most);
    }
    PrintWriter out = Output.of(spec);
    Double seconds = watch;
    if (seconds == null) {
      show(out, look(), most);
      return 0;
    }
    if (!(seconds >= 0.1 && seconds <= 86_400)) {
      throw new IllegalArgumentException("--watch takes 0.1 to 86400 seconds, not " + seconds);
    }
    watch(out, Duration.ofMillis(Math.round(seconds * 1000)), most);
    return 0;
  }

  private void watch(PrintWriter out, Duration interval, int most) {
    while (!Thread.currentThread().isInterrupted()) {
      if (!json) {
        out.print(HOME);
      }
      show(out, look(), most);
      out.flush();
      if (out.checkError()) {
        return; // nobody reads any more
      }
      LockSupport.parkNanos(interval.toNanos());
    }
  }

  private OomRanking look() {
    OomRanking ranking =
        cgroup == null ? OomRanking.system() : Cgroup.at(directory(cgroup)).oomRanking();
    for (Map.Entry<Long, Integer> change : whatIf.entrySet()) {
      ranking = ranking.withAdj(change.getKey(), change.getValue());
    }
    return ranking;
  }

  /** A name as /proc/PID/cgroup has it, or a directory. */
  private static Path directory(String cgroup) {
    Path path = Path.of(cgroup);
    if (!cgroup.startsWith("/") || path.toFile().isDirectory()) {
      return path;
    }
    Cgroup self = Cgroup.self();
    String below = self.path().toString();
    String top =
        below.endsWith(self.name())
            ? below.substring(0, below.length() - self.name().length())
            : below;
    return Path.of(top + cgroup);
  }

  private void show(PrintWriter out, OomRanking ranking, int most) {
    if (json) {
      int rank = 0;
      for (OomScore score : ranking.victims()) {
        if (most > 0 && rank == most) {
          return;
        }
        out.println(json(score, ++rank));
      }
    } else {
      new RankingTable(ranking).print(out, most);
    }
  }

  private static Json json(OomScore score, int rank) {
    return ScoreCommand.json(score)
        .put("rank", rank)
        .put("cgroup", score.cgroup())
        .put("share", score.badness().map(Badness::share))
        .put(
            "freed_by_kill_kb",
            score.memory().flatMap(ProcessMemory::freedByKill).map(size -> size.toKibibytes()))
        .put("start_time_ms", score.startTime().toMillis())
        .put("dying", score.dying());
  }
}
