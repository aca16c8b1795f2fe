package io.github.oom4j.examples;

import io.github.oom4j.Badness;
import io.github.oom4j.OomScore;
import io.github.oom4j.ProcFs;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Score: how the OOM killer sees a process, and a nudge. */
@Command(
    name = "score",
    description = "Show how the OOM killer sees a process; with --adjust, change it.",
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  score 4711", "  score java", "  score '^nginx$' --adjust 500"})
final class ScoreCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "PID|NAME",
      description = "A PID, or a regular expression that matches in command names, as for pgrep.")
  private String process = "";

  @Option(
      names = "--adjust",
      paramLabel = "N",
      description = "Write N to oom_score_adj first: -1000 protects, 1000 volunteers.")
  private @Nullable Integer adjust;

  @Option(names = "--json", description = "Print one JSON object for each process.")
  private boolean json;

  @Override
  public Integer call() {
    List<OomScore> found = find();
    if (adjust != null) {
      if (found.size() > 1) {
        throw new IllegalArgumentException(
            found.size() + " processes match '" + process + "'; adjust one of them by its PID");
      }
      found = List.of(OomScore.adjust(found.get(0).pid(), adjust));
    }
    PrintWriter out = Output.of(spec);
    if (!json) {
      out.printf(
          "%10s %10s %14s %12s  %-13s %s%n",
          "PID", "oom_score", "oom_score_adj", "points", "killability", "comm");
    }
    for (OomScore score : found) {
      out.println(json ? json(score) : row(score));
    }
    return 0;
  }

  private List<OomScore> find() {
    if (process.matches("-?[0-9]{1,18}")) {
      return List.of(OomScore.of(Long.parseLong(process)));
    }
    List<OomScore> found = ProcFs.system().processesNamed(process);
    if (found.isEmpty()) {
      throw new IllegalArgumentException("no process has a name that matches '" + process + "'");
    }
    return found;
  }

  static Json json(OomScore score) {
    return new Json()
        .put("pid", score.pid())
        .put("comm", score.comm())
        .put("oom_score", score.score())
        .put("oom_score_adj", score.adj().value())
        .put("points", score.badness().map(Badness::points))
        .put("killability", score.killability());
  }

  private static String row(OomScore score) {
    return String.format(
        "%10d %10d %14d %12s  %-13s %s",
        score.pid(),
        score.score(),
        score.adj().value(),
        score.badness().map(b -> Long.toString(b.points())).orElse("-"),
        score.killability(),
        Output.printable(score.comm()));
  }
}
