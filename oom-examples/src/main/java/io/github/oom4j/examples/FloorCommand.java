package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.junit.FloorProbe;
import io.github.oom4j.junit.FloorReport;
import io.github.oom4j.junit.MemoryFloor;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Contain, again and again: how little memory does a command get by with? */
@Command(
    name = "floor",
    description = {
      "Find the smallest memory limit under which a command succeeds: exits with 0, in time, and"
          + " nothing in its box is OOM-killed.",
      "Runs it many times; each run is told on standard error. The exit status is 1 if no floor was"
          + " found."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  floor --max 2G -- java -Xmx64m -jar importer.jar big.csv"})
final class FloorCommand implements Callable<Integer> {

  private static final int NOT_FOUND = 1;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--min",
      paramLabel = "SIZE",
      description = "The smallest limit to try (default: ${DEFAULT-VALUE}).",
      defaultValue = "1M")
  private String min = "";

  @Option(
      names = "--max",
      paramLabel = "SIZE",
      description = "The largest, which the first run has (default: ${DEFAULT-VALUE}).",
      defaultValue = "1G")
  private String max = "";

  @Option(
      names = "--within",
      paramLabel = "SIZE",
      description = "How exact it is to be (default: ${DEFAULT-VALUE}).",
      defaultValue = "1M")
  private String within = "";

  @Option(
      names = "--repeats",
      paramLabel = "N",
      description = "How often it must succeed at the floor (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int repeats;

  @Mixin private BoxOptions box = new BoxOptions();

  @Option(
      names = "--probe-timeout",
      paramLabel = "SECONDS",
      description = "A run that takes longer is a failure (default: ${DEFAULT-VALUE}).",
      defaultValue = "60")
  private long probeTimeout;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "When to give up the search (default: ${DEFAULT-VALUE}).",
      defaultValue = "600")
  private long timeout;

  @Option(names = "--json", description = "Print one JSON object at the end.")
  private boolean json;

  @Parameters(arity = "1..*", paramLabel = "CMD", description = "The command and its arguments.")
  private List<String> command = List.of();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = Output.errOf(spec);
    MemoryFloor floor =
        MemoryFloor.of(command.toArray(String[]::new))
            .between(ByteSize.parse(min), ByteSize.parse(max))
            .within(ByteSize.parse(within))
            .repeats(repeats)
            .swapMax(box.swapMax())
            .probeTimeout(Duration.ofSeconds(probeTimeout))
            .timeout(Duration.ofSeconds(timeout))
            .onProbe(probe -> err.println("oom4j: at " + probe.limit() + ": " + probe.fate()));
    box.backend().ifPresent(floor::backend);
    FloorReport report = floor.find();
    PrintWriter out = Output.of(spec);
    if (json) {
      out.println(json(report));
    } else {
      out.print(report.toTable());
      out.println(Output.printable(report.explain()));
    }
    return report.floor().isPresent() ? 0 : NOT_FOUND;
  }

  private static Json json(FloorReport report) {
    return new Json()
        .put("outcome", report.outcome())
        .put("floor_bytes", report.floor().map(ByteSize::bytes))
        .put("recommended_bytes", report.recommendation().map(ByteSize::bytes))
        .put("flaky", report.isFlaky())
        .put("explain", report.explain())
        .put("probes", report.probes().stream().map(FloorCommand::json).toList());
  }

  private static Json json(FloorProbe probe) {
    return new Json()
        .put("limit_bytes", probe.limit().bytes())
        .put("fate", probe.fate().name())
        .put("exit_code", probe.result().map(ScopeResult::exitValue))
        .put("peak_bytes", probe.peak().map(ByteSize::bytes))
        .put("seconds", probe.duration().toMillis() / 1000.0);
  }
}
