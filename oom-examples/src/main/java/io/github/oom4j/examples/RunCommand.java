package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Contain: run a command in a memory-limited box and say how it ended. */
@Command(
    name = "run",
    description = {
      "Run a command in a memory-limited box and say how it ended.",
      "The verdict goes to standard error, with --json as one line to standard output after all that"
          + " the command printed. The exit status is the command's own."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  run --memory-max 200M -- stress-ng --vm 1 --vm-bytes 400M"})
final class RunCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--memory-max",
      required = true,
      paramLabel = "SIZE",
      description =
          "The most memory it may use, such as 200M or 1.5G; or 50%% of the least of RAM and the"
              + " limits above the box.")
  private String memoryMax = "";

  @Option(
      names = "--memory-high",
      paramLabel = "SIZE",
      description = "The memory above which it is slowed down, not killed (cgroup v2).")
  private @Nullable String memoryHigh;

  @Mixin private BoxOptions box = new BoxOptions();

  @Option(
      names = "--pids-max",
      paramLabel = "N",
      description = "The most processes and threads it may have (cgroup v2).")
  private @Nullable Long pidsMax;

  @Option(
      names = "--oom-group",
      description = "An OOM kill takes all of its processes, or none (cgroup v2).")
  private boolean oomGroup;

  @Option(names = "--json", description = "Print one JSON object when the command has ended.")
  private boolean json;

  @Parameters(arity = "1..*", paramLabel = "CMD", description = "The command and its arguments.")
  private List<String> command = List.of();

  @Override
  public Integer call() throws InterruptedException {
    MemoryScope.Builder scope = MemoryScope.builder().swapMax(box.swapMax());
    limitMemory(scope, memoryMax);
    if (memoryHigh != null) {
      scope.memoryHigh(ByteSize.parse(memoryHigh));
    }
    if (pidsMax != null) {
      scope.pidsMax(pidsMax);
    }
    scope.oomGroup(oomGroup);
    box.backend().ifPresent(scope::backend);
    ScopeResult result;
    try (ScopedProcess job = scope.start(new ProcessBuilder(command).inheritIO())) {
      result = job.waitFor();
    }
    PrintWriter err = Output.errOf(spec);
    if (json) {
      Output.of(spec).println(json(result));
    } else {
      err.println("oom4j: " + result.verdict().explain());
    }
    return result.exitValue();
  }

  private static void limitMemory(MemoryScope.Builder scope, String limit) {
    if (limit.matches("[0-9]{1,3}%")) {
      scope.memoryMaxPercent(Integer.parseInt(limit.substring(0, limit.length() - 1)));
    } else {
      scope.memoryMax(ByteSize.parse(limit));
    }
  }

  private static Json json(ScopeResult result) {
    ExitVerdict verdict = result.verdict();
    Optional<OomKillEvent> kill = verdict.kernelRecord();
    return new Json()
        .put("exit_code", result.exitValue())
        .put("verdict", name(verdict))
        .put("verdict_scope", verdict.limitScope())
        .put("explain", verdict.explain())
        .put("victim_pid", kill.map(k -> k.victim().pid()))
        .put("victim_comm", kill.map(k -> k.victim().comm()))
        .put("peak_bytes", result.peak().map(ByteSize::bytes))
        .put("oom_kills", result.events().oomKill())
        .put("backend", result.backend().toString())
        .put("kernel_record", kill.isPresent());
  }

  private static String name(ExitVerdict verdict) {
    if (verdict instanceof ExitVerdict.OomKilled) {
      return "OOM_KILLED";
    }
    if (verdict instanceof ExitVerdict.DescendantOomKilled) {
      return "DESCENDANT_OOM_KILLED";
    }
    if (verdict instanceof ExitVerdict.UserspaceOomKilled) {
      return "USERSPACE_OOM_KILLED";
    }
    return verdict instanceof ExitVerdict.Killed ? "KILLED" : "EXITED";
  }
}
