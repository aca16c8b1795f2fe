package io.github.oom4j.examples;

import io.github.oom4j.Badness;
import io.github.oom4j.ByteSize;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomException;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.cgroup.Cgroup;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Score: who dies next. */
@Command(
    name = "ranking",
    description = "Show who dies next: processes in the order a system-wide OOM would kill them.",
    mixinStandardHelpOptions = true)
final class RankingCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show at most N processes; 0 for all. Default: 20, with --json all.")
  private @Nullable Integer limit;

  @Option(names = "--json", description = "Print one JSON object for each process, in kill order.")
  private boolean json;

  @Override
  public Integer call() {
    int most = limit == null ? (json ? 0 : 20) : limit;
    if (most < 0) {
      throw new IllegalArgumentException("--limit is 0 or more, not " + most);
    }
    MemInfo mem = MemInfo.read();
    OomRanking ranking = OomRanking.system();
    List<OomScore> shown =
        ranking.victims().stream().limit(most == 0 ? Long.MAX_VALUE : most).toList();
    PrintWriter out = Output.of(spec);
    if (!json) {
      out.printf(
          "%4s %10s %7s %9s %13s  %s%n",
          "rank", "PID", "memory", "oom_score", "oom_score_adj", "comm");
    }
    int rank = 0;
    for (OomScore score : shown) {
      rank++;
      out.println(json ? json(score, rank) : row(score, rank, mem));
    }
    if (!json) {
      out.printf(
          "%d of %d that may be killed; %d are spared, %d could not be read. Memory: %s.%n",
          shown.size(),
          ranking.victims().size(),
          ranking.spared().size(),
          ranking.unreadable().size(),
          mem.total());
    }
    return 0;
  }

  private static Json json(OomScore score, int rank) {
    return ScoreCommand.json(score).put("rank", rank).put("cgroup", cgroup(score.pid()));
  }

  private static Optional<String> cgroup(long pid) {
    try {
      return Optional.of(Cgroup.of(pid).name());
    } catch (OomException e) {
      return Optional.empty(); // it ended meanwhile, or lives in no memory cgroup
    }
  }

  private static String row(OomScore score, int rank, MemInfo mem) {
    return String.format(
        "%4d %10d %7s %9d %13d  %s",
        rank,
        score.pid(),
        score.badness().map(badness -> memory(badness, mem).toString()).orElse("-"),
        score.score(),
        score.adj().value(),
        Output.printable(score.comm()));
  }

  /** Badness counts pages; totalpages is RAM and swap, which tells how large a page is. */
  private static ByteSize memory(Badness badness, MemInfo mem) {
    long page =
        1024 * (mem.total().toKibibytes() + mem.swapTotal().toKibibytes()) / badness.totalpages();
    return ByteSize.bytes(page * (badness.rss() + badness.swapents() + badness.pgtables()));
  }
}
