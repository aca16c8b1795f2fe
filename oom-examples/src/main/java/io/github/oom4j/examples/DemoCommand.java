package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.VmSettings;
import io.github.oom4j.cgroup.BackendDetection;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The four steps of the story on this machine, ending with a real OOM kill in a box. */
@Command(
    name = "demo",
    description = "Tell the story on this machine: look, score, contain a real OOM kill, explain.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final ByteSize LIMIT = ByteSize.mebibytes(64);

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Output.of(spec);
    look(out);
    score(out);
    ScopeResult result = contain(out);
    return explain(out, result);
  }

  private static void look(PrintWriter out) {
    out.println("1. Look: this machine's memory.");
    out.println();
    MemInfo.read().toFreeTable().lines().forEach(line -> out.println("   " + line));
    VmSettings vm = VmSettings.read();
    out.println();
    out.println(
        "   Processes have reserved "
            + vm.committedAs().map(ByteSize::toString).orElse("an unknown amount")
            + ". The kernel lets them (vm.overcommit_memory "
            + vm.overcommitMode().map(mode -> mode.value() + ", " + mode).orElse("unknown")
            + "),");
    out.println("   and kills one when real use fills RAM or a cgroup's limit.");
    out.println();
  }

  private static void score(PrintWriter out) {
    out.println("2. Score: whom it would kill.");
    out.println();
    OomRanking ranking = OomRanking.system();
    int rank = 0;
    for (OomScore next : ranking.victims().subList(0, Math.min(3, ranking.victims().size()))) {
      rank++;
      out.printf(
          "   %d. %s, pid %d: oom_score %d, oom_score_adj %s%n",
          rank, Output.printable(next.comm()), next.pid(), next.score(), next.adj());
    }
    long self = ProcessHandle.current().pid();
    ranking
        .positionOf(self)
        .ifPresent(
            position ->
                out.printf(
                    "   This JVM, pid %d, is number %d of %d.%n",
                    self, position, ranking.victims().size()));
    out.println();
  }

  private static ScopeResult contain(PrintWriter out) throws InterruptedException {
    out.println("3. Contain: a JVM that touches 256Mi, in a box with memory.max " + LIMIT + ".");
    out.println();
    BackendDetection detection = ScopeBackend.detect();
    detection.reasons().forEach((backend, reason) -> out.println("   " + backend + ": " + reason));
    ScopeBackend backend = detection.orElseThrow();
    out.println("   using " + backend + detection.parent().map(dir -> " at " + dir).orElse(""));
    out.flush();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder greedy =
        new ProcessBuilder(java, "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-version");
    greedy.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    greedy.redirectError(ProcessBuilder.Redirect.DISCARD);
    MemoryScope scope = MemoryScope.builder().memoryMax(LIMIT).backend(backend).build();
    try (ScopedProcess job = scope.start(greedy)) {
      out.println("   pid " + job.pid() + " runs in " + job.cgroup().path());
      out.flush();
      ScopeResult result = job.waitFor();
      out.println("   exit value " + result.exitValue());
      out.println();
      return result;
    }
  }

  private static int explain(PrintWriter out, ScopeResult result) {
    out.println("4. Explain: why it vanished.");
    out.println();
    out.println("   " + result.verdict().explain());
    out.println();
    if (!(result.verdict() instanceof ExitVerdict.OomKilled killed)) {
      out.println("   That was not the OOM kill this demo is about.");
      return Main.NOT_HERE;
    }
    Optional<OomKillEvent> record = killed.kernelRecord();
    if (record.isEmpty()) {
      out.println("   The cgroup's counters tell the kill; the kernel's log could not be read.");
      return 0;
    }
    OomKillEvent.Victim victim = record.get().victim();
    out.println("   pid            " + victim.pid());
    out.println("   comm           " + Output.printable(victim.comm()));
    out.println("   limit          " + LIMIT);
    out.println("   anon-rss       " + victim.anonRss().map(ByteSize::toString).orElse("-"));
    out.println(
        "   oom_score_adj  "
            + (victim.oomScoreAdj().isPresent() ? victim.oomScoreAdj().getAsInt() : "-"));
    out.println("   the kernel's own line, from /dev/kmsg:");
    out.println("   " + Output.printable(record.get().killLine()));
    return 0;
  }
}
