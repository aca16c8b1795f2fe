package io.github.oom4j.examples;

import io.github.oom4j.Badness;
import io.github.oom4j.ByteSize;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.ProcessMemory;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;

/** A ranking as a table for people. */
final class RankingTable {

  private static final int BAR = 12;
  private static final String EIGHTHS = "▏▎▍▌▋▊▉█";

  private final OomRanking ranking;
  private final boolean blocks;
  private final double most;

  RankingTable(OomRanking ranking) {
    this.ranking = ranking;
    this.blocks = terminal().newEncoder().canEncode(EIGHTHS);
    this.most =
        ranking.next().flatMap(OomScore::badness).map(Badness::points).orElse(0L).doubleValue();
  }

  /** What standard output is taken for: JDK 19 has a property for it, before it is the default. */
  private static Charset terminal() {
    String name = System.getProperty("stdout.encoding", System.getProperty("sun.jnu.encoding"));
    try {
      return name == null ? Charset.defaultCharset() : Charset.forName(name);
    } catch (IllegalArgumentException e) {
      return Charset.defaultCharset();
    }
  }

  void print(PrintWriter out, int limit) {
    List<OomScore> shown =
        ranking.victims().stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
    out.println(ranking.prediction().explain());
    out.println();
    out.printf(
        "%4s %8s %7s %7s %6s %9s %13s %-" + BAR + "s %s%n",
        "rank",
        "PID",
        "memory",
        "frees",
        "share",
        "oom_score",
        "oom_score_adj",
        "points",
        "comm");
    int rank = 0;
    for (OomScore score : shown) {
      out.println(row(score, ++rank));
    }
    out.printf(
        "%d of %d that may be killed; %d are spared, %d could not be read. Memory: %s, swap: %s.%n",
        shown.size(),
        ranking.victims().size(),
        ranking.spared().size(),
        ranking.unreadable().size(),
        ranking.domain().memory(),
        ranking.domain().swap());
  }

  private String row(OomScore score, int rank) {
    Optional<ProcessMemory> memory = score.memory();
    return String.format(
            "%4d %8d %7s %7s %5.1f%% %9d %13d %-" + BAR + "s %s",
            rank,
            score.pid(),
            size(memory.map(m -> m.rss().plus(m.swap()).plus(m.pgtables()))),
            size(memory.flatMap(ProcessMemory::freedByKill)),
            100 * score.badness().map(Badness::share).orElse(0.0),
            score.score(),
            score.adj().value(),
            bar(score.badness().map(Badness::points).orElse(0L)),
            Output.printable(score.comm()) + (score.dying() ? " (dying)" : ""))
        .stripTrailing();
  }

  private static String size(Optional<ByteSize> size) {
    return size.map(ByteSize::toString).orElse("-");
  }

  /** As long as the points are, beside those of the first. */
  private String bar(long points) {
    if (points <= 0 || most <= 0) {
      return "";
    }
    int eighths = (int) Math.max(1, Math.round(8 * BAR * (points / most)));
    if (!blocks) {
      return "#".repeat(Math.max(1, eighths / 8));
    }
    String whole = "█".repeat(eighths / 8);
    return eighths % 8 == 0 ? whole : whole + EIGHTHS.charAt(eighths % 8 - 1);
  }
}
