package io.github.oom4j.cgroup;

import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.OomEvidence;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Gathers the evidence on how a command in a box ended, and has it judged. */
final class Autopsy {

  private static final int SIGKILLED = 128 + 9;

  private final ScopeBackend backend;
  private final Cgroup box;
  private final Snapshot before;
  private final KernelRecords records;
  private final long pid;

  Autopsy(ScopeBackend backend, Cgroup box, Snapshot before, KernelRecords records, long pid) {
    this.backend = backend;
    this.box = box;
    this.before = before;
    this.records = records;
    this.pid = pid;
  }

  /**
   * Judges. Asks the kernel's log only if the counters do not rule a kill out.
   *
   * @param exitValue the command's
   * @param after the counters when it had ended
   * @param source the kernel's log, if there is a reader of it
   */
  ScopeResult perform(int exitValue, Snapshot after, Optional<OomKillSource> source) {
    OptionalLong kills = Snapshot.growth(before.events().oomKill(), after.events().oomKill());
    OptionalLong systemKills = Snapshot.growth(before.systemOomKills(), after.systemOomKills());
    List<String> gaps = new ArrayList<>(after.gaps());
    List<OomKillEvent> found = List.of();
    boolean killed = kills.isPresent() ? kills.getAsLong() > 0 : systemKills.orElse(1) > 0;
    if (killed && source.isPresent()) {
      found = records.await(source.get(), kills.orElse(1), exitValue == SIGKILLED, gaps);
    } else if (killed) {
      gaps.add("the kernel's record: nothing on the path reads the kernel's log; add oom-kmsg");
    }
    OomEvidence evidence =
        new OomEvidence(
            pid,
            exitValue,
            Optional.of(box.name()),
            after.max().or(before::max).orElse(Limit.none()),
            after.peak(),
            kills,
            Snapshot.growth(before.limitHits(), after.limitHits()),
            systemKills,
            found,
            gaps);
    return new ScopeResult(
        exitValue, ExitVerdict.of(evidence), after.peak(), after.events(), backend);
  }
}
