package io.github.oom4j.examples;

import io.github.oom4j.MemoryReport;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.kmsg.KernelLog;
import io.github.oom4j.kmsg.KernelLogListener;
import io.github.oom4j.kmsg.KernelLogStart;
import io.github.oom4j.kmsg.KernelLogWatch;
import java.io.FilterInputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explain: the OOM kills of a log. */
@Command(
    name = "log",
    description = "Show the OOM kills of a saved kernel log, or of the live one.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  log",
      "  log --follow",
      "  log --full",
      "  log /var/log/kern.log",
      "  dmesg | log -"
    })
final class LogCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE|-",
      description =
          "A saved log (dmesg, syslog, journal, raw kmsg), or - for standard input."
              + " Default: what the kernel still remembers (/dev/kmsg).")
  private @Nullable String file;

  @Option(names = "--follow", description = "Wait for kills from now on; end with Ctrl-C.")
  private boolean follow;

  @Option(names = "--full", description = "Print the parts of each report, too.")
  private boolean full;

  @Option(names = "--json", description = "Print one JSON object for each kill.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (follow) {
      return follow();
    }
    try (Stream<OomKillEvent> kills = kills()) {
      // Nobody reads any more when the other end of the pipe is closed.
      kills.takeWhile(kill -> !Output.of(spec).checkError()).forEach(this::print);
    }
    return 0;
  }

  private Stream<OomKillEvent> kills() {
    if (file == null) {
      return KernelLog.system().kills();
    }
    if (file.equals("-")) {
      return KernelLog.parse(new OpenInput());
    }
    Path path = Path.of(file);
    if (Files.notExists(path)) {
      throw new IllegalArgumentException("no such log file: " + path);
    }
    if (Files.isDirectory(path)) {
      throw new IllegalArgumentException("not a log file but a directory: " + path);
    }
    return KernelLog.parse(path);
  }

  private int follow() throws InterruptedException {
    if (file != null) {
      throw new IllegalArgumentException("--follow watches the live kernel log, not a file");
    }
    CountDownLatch outputClosed = new CountDownLatch(1);
    KernelLogListener listener =
        new KernelLogListener() {
          @Override
          public void onKill(OomKillEvent kill) {
            print(kill);
            if (Output.of(spec).checkError()) {
              outputClosed.countDown();
            }
          }

          @Override
          public void onLost(long records) {
            Output.errOf(spec)
                .println(
                    records
                        + " records were overwritten before they were read; kills may be missing");
          }
        };
    try (KernelLogWatch watch = KernelLog.system().watch(KernelLogStart.now(), listener)) {
      while (!outputClosed.await(1, TimeUnit.SECONDS)) { // or Ctrl-C
        watch
            .failure()
            .ifPresent(
                e -> {
                  throw e;
                });
      }
    }
    return 0;
  }

  private synchronized void print(OomKillEvent kill) {
    PrintWriter out = Output.of(spec);
    if (json) {
      out.println(json(kill));
    } else {
      kill.sinceBoot()
          .ifPresent(t -> out.printf("[%d.%06d] ", t.toSeconds(), t.toNanosPart() / 1000));
      out.println(kill.explain());
      if (full) {
        FullReport.print(out, kill);
      }
    }
    out.flush();
  }

  static Json json(OomKillEvent kill) {
    OomKillEvent.Victim victim = kill.victim();
    Optional<MemoryReport.Usage> usage = kill.memory().memory();
    Json json = new Json();
    json.put("victim_pid", victim.pid())
        .put("victim_comm", victim.comm())
        .put("trigger_comm", kill.trigger().map(OomKillEvent.Trigger::comm))
        .put("constraint", kill.constraint())
        .putKb("total_vm_kb", victim.totalVm())
        .putKb("anon_rss_kb", victim.anonRss())
        .putKb("file_rss_kb", victim.fileRss())
        .putKb("shmem_rss_kb", victim.shmemRss())
        .put("uid", victim.uid())
        .put("oom_score_adj", victim.oomScoreAdj())
        .putKb("pgtables_kb", victim.pgtables())
        .put("oom_memcg", kill.oomCgroup())
        .put("task_memcg", kill.victimCgroup())
        .put("score", victim.score())
        .put("order", kill.trigger().map(OomKillEvent.Trigger::order))
        .put("gfp_mask", kill.trigger().map(OomKillEvent.Trigger::gfpMask))
        .put("tasks_dumped", kill.tasks().isEmpty() ? null : kill.tasks().size())
        .putKb("memcg_usage_kb", usage.map(MemoryReport.Usage::usage))
        .putKb("memcg_limit_kb", usage.flatMap(u -> u.limit().size()))
        .put("group_kill", kill.groupKill())
        .put("since_boot_us", kill.sinceBoot().map(t -> t.toNanos() / 1000))
        .put("time", kill.wallClock().map(Object::toString));
    return ReportJson.addTo(json, kill);
  }

  /** Standard input, which is not ours to close: descriptor 0 may be anything if it was closed. */
  private static final class OpenInput extends FilterInputStream {
    OpenInput() {
      super(System.in);
    }

    @Override
    public void close() {}
  }
}
