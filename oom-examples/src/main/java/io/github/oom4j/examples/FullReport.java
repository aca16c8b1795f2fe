package io.github.oom4j.examples;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupStatistics;
import io.github.oom4j.MachineMemory;
import io.github.oom4j.MemoryZone;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomReport;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Optional;

/** The parts of a report, as {@code log --full} prints them. */
final class FullReport {

  private final PrintWriter out;

  private FullReport(PrintWriter out) {
    this.out = out;
  }

  static void print(PrintWriter out, OomKillEvent kill) {
    FullReport printed = new FullReport(out);
    OomReport report = kill.report();
    kill.trigger().ifPresent(printed::trigger);
    report.callTrace().forEach(frame -> out.println("    " + Output.printable(frame)));
    kill.memory().statistics().forEach(printed::statistics);
    kill.memory().machine().ifPresent(printed::machine);
    printed.tasks(report);
    printed.line("kill line", kill.killLine());
  }

  private void line(String name, String value) {
    out.println("  " + name + ": " + Output.printable(value));
  }

  private void line(String name, Optional<String> value) {
    value.ifPresent(text -> line(name, text));
  }

  private void trigger(OomKillEvent.Trigger trigger) {
    line("kernel", trigger.kernel());
    line("taint", trigger.taint());
    line("hardware", trigger.hardware());
    line("gfp_mask", trigger.gfpMask() + " " + String.join("|", trigger.gfpFlags()));
  }

  private void statistics(CgroupStatistics statistics) {
    line("statistics of cgroup", statistics.cgroup().orElse("?"));
    statistics
        .values()
        .forEach(
            (name, value) -> {
              Optional<ByteSize> size = statistics.size(name);
              if (value != 0) {
                out.printf("    %-28s %s%n", name, size.map(ByteSize::toString).orElse("" + value));
              }
            });
  }

  private void machine(MachineMemory machine) {
    for (MemoryZone zone : machine.zones()) {
      line(
          "zone " + zone.name(),
          "free "
              + text(zone.free())
              + ", min "
              + text(zone.min())
              + ", low "
              + text(zone.low())
              + ", high "
              + text(zone.high()));
    }
    machine
        .unreclaimableSlab()
        .forEach(cache -> line("slab " + cache.name(), cache.used() + " of " + cache.total()));
    machine
        .allocations()
        .forEach(site -> line("allocations " + site.site(), site.size() + " in " + site.calls()));
  }

  private static String text(Optional<ByteSize> size) {
    return size.map(ByteSize::toString).orElse("?");
  }

  private void tasks(OomReport report) {
    if (report.tasks().isEmpty()) {
      return;
    }
    out.println(
        "  tasks, the largest first (pages of "
            + report.pageSize()
            + (report.pageSizeAssumed() ? ", assumed" : "")
            + "):");
    out.printf("    %8s %8s %8s %8s %6s  %s%n", "pid", "uid", "rss", "swap", "adj", "name");
    report.tasks().stream()
        .sorted(Comparator.comparing(OomKillEvent.Task::rss).reversed())
        .forEach(
            task ->
                out.printf(
                    "    %8d %8d %8s %8s %6s  %s%n",
                    task.pid(),
                    task.uid(),
                    task.rss(),
                    text(task.swapents()),
                    task.oomScoreAdj().isPresent() ? task.oomScoreAdj().getAsInt() : "?",
                    Output.printable(task.comm())));
  }
}
