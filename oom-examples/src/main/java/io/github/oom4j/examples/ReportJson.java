package io.github.oom4j.examples;

import io.github.oom4j.MachineMemory;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomReport;
import java.util.Optional;

/** The keys of {@code log --json} that tell more of the report, behind those that are fixed. */
final class ReportJson {

  private ReportJson() {}

  static Json addTo(Json json, OomKillEvent kill) {
    OomReport report = kill.report();
    Optional<OomKillEvent.Trigger> trigger = kill.trigger();
    Optional<MachineMemory> machine = kill.memory().machine();
    return json.put("trusted", kill.trusted())
        .put("truncated", kill.truncated())
        .put("ambiguous", kill.ambiguous())
        .put("group_cgroup", kill.group().map(OomKillEvent.Group::cgroup))
        .put("trigger_pid", trigger.map(OomKillEvent.Trigger::pid))
        .put("trigger_uid", trigger.map(OomKillEvent.Trigger::uid))
        .put("trigger_oom_score_adj", trigger.map(OomKillEvent.Trigger::oomScoreAdj))
        .put("gfp_flags", trigger.map(OomKillEvent.Trigger::gfpFlags))
        .put("kernel", trigger.flatMap(OomKillEvent.Trigger::kernel))
        .put("taint", trigger.flatMap(OomKillEvent.Trigger::taint))
        .put("nodemask", report.nodemask())
        .put("cpuset", report.cpuset())
        .put("mems_allowed", report.memsAllowed())
        .put("global_oom", report.globalOom())
        .put("page_size", report.pageSize().bytes())
        .put("page_size_assumed", report.pageSizeAssumed())
        .put("memcg_stats", kill.memory().cgroupStats())
        .put("meminfo_pages", machine.map(MachineMemory::pageCounts))
        .putKb("swap_free_kb", machine.flatMap(MachineMemory::swapFree))
        .putKb("swap_total_kb", machine.flatMap(MachineMemory::swapTotal))
        .put("pages_ram", machine.map(MachineMemory::pagesRam))
        .put("explain", kill.explain());
  }
}
