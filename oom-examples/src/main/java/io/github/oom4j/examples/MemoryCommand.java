package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OvercommitMode;
import io.github.oom4j.VmSettings;
import io.github.oom4j.VmStat;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Look: memory as free -h shows it, and the settings that decide about OOM kills. */
@Command(
    name = "memory",
    description = "Show memory as 'free -h' does, and the overcommit and OOM settings.",
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object: meminfo, overcommit, vm.")
  private boolean json;

  @Override
  public Integer call() {
    MemInfo mem = MemInfo.read();
    VmSettings vm = VmSettings.read();
    PrintWriter out = Output.of(spec);
    if (json) {
      out.println(json(mem, vm));
    } else {
      out.print(mem.toFreeTable());
      out.println();
      print(out, vm);
    }
    return 0;
  }

  private static void print(PrintWriter out, VmSettings vm) {
    out.println(
        "overcommit_memory         " + vm.overcommitMode().map(MemoryCommand::words).orElse("-"));
    out.println("CommitLimit               " + words(vm.commitLimit()));
    out.println("Committed_AS              " + words(vm.committedAs()));
    out.println("panic_on_oom              " + words(vm.panicOnOom()));
    out.println("oom_kill_allocating_task  " + words(vm.oomKillAllocatingTask()));
    out.println("oom_dump_tasks            " + words(vm.oomDumpTasks()));
    out.println("swappiness                " + words(vm.swappiness()));
    out.println("min_free_kbytes           " + words(vm.minFree()));
  }

  private static String words(OvercommitMode mode) {
    return switch (mode) {
      case HEURISTIC -> "0 (grant all but obvious excess; the OOM killer settles the rest)";
      case ALWAYS -> "1 (grant everything; the OOM killer settles the rest)";
      case NEVER -> "2 (grant up to CommitLimit; allocations fail beyond)";
    };
  }

  private static String words(OptionalInt value) {
    return value.isPresent() ? Integer.toString(value.getAsInt()) : "-";
  }

  private static String words(Optional<?> value) {
    return value
        .map(v -> v instanceof Boolean flag ? (flag ? "1" : "0") : v.toString())
        .orElse("-");
  }

  private static Json json(MemInfo mem, VmSettings vm) {
    Json overcommit =
        new Json()
            .put("overcommit_memory", vm.overcommitMode().map(OvercommitMode::value))
            .put("overcommit_ratio", vm.overcommitRatio())
            .put("overcommit_kbytes", vm.overcommitKbytes().map(ByteSize::toKibibytes))
            .put("commit_limit_kb", vm.commitLimit().map(ByteSize::toKibibytes))
            .put("committed_as_kb", vm.committedAs().map(ByteSize::toKibibytes));
    Json settings =
        new Json()
            .put("panic_on_oom", vm.panicOnOom())
            .put("oom_kill_allocating_task", vm.oomKillAllocatingTask())
            .put("oom_dump_tasks", vm.oomDumpTasks())
            .put("swappiness", vm.swappiness())
            .put("min_free_kbytes", vm.minFree().map(ByteSize::toKibibytes))
            .put("admin_reserve_kbytes", vm.adminReserve().map(ByteSize::toKibibytes))
            .put("user_reserve_kbytes", vm.userReserve().map(ByteSize::toKibibytes))
            .put("oom_kill", VmStat.read().oomKill());
    return new Json()
        .put("meminfo", mem.asPrinted())
        .put("overcommit", overcommit)
        .put("vm", settings);
  }
}
