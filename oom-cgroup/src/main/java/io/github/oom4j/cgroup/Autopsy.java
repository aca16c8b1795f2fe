package io.github.oom4j.cgroup;

import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.OomEvidence;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.UserspaceKill;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Gathers the evidence on how a command in a box ended, and has it judged. */
final class Autopsy {

  private static final int SIGKILLED = 128 + 9;
  private static final int SIGTERMED = 128 + 15;

  private final ScopeBackend backend;
  private final Cgroup box;
  private final Snapshot before;
  private final KernelRecords records;
  private final long pid;
  private final UserspaceKillers killers;
  private volatile boolean killedByUs;

  Autopsy(ScopeBackend backend, Cgroup box, Snapshot before, KernelRecords records, long pid) {
    this(backend, box, before, records, pid, new UserspaceKillers(new Journal("journalctl")));
  }

  Autopsy(
      ScopeBackend backend,
      Cgroup box,
      Snapshot before,
      KernelRecords records,
      long pid,
      UserspaceKillers killers) {
    this.backend = backend;
    this.box = box;
    this.before = before;
    this.records = records.in(box.name());
    this.pid = pid;
    this.killers = killers;
  }

  /** From now on a signal needs no other sender. */
  void killing() {
    killedByUs = true;
  }

  /**
   * Judges. Asks the kernel's log only if the counters do not rule a kill out, and the journal only
   * after a signal that no kill by the kernel explains.
   *
   * @param exitValue the command's
   * @param after the counters when it had ended
   * @param log the kernel's log, if there is a reader of it
   */
  ScopeResult perform(int exitValue, Snapshot after, Supplier<Optional<OomKillSource>> log) {
    List<String> gaps = new ArrayList<>();
    Changes changes =
        Changes.between(
            before, after, LocalEvents.at(box.path()), backend == ScopeBackend.CGROUP_V1, gaps);
    boolean asks = asksTheLog(exitValue, changes);
    Optional<OomKillSource> source = asks ? log.get() : Optional.empty();
    if (asks && source.isEmpty()) {
      gaps.add("the kernel's record: nothing on the path reads the kernel's log; add oom-kmsg");
    }
    List<OomKillEvent> found =
        source.map(reader -> kernelRecords(exitValue, changes, reader, gaps)).orElse(List.of());
    OomEvidence evidence =
        new OomEvidence(
            pid,
            records.kernelPid(),
            exitValue,
            Optional.of(box.name()),
            after.max().or(before::max).orElse(Limit.none()),
            after.peak(),
            oomKills(changes, source),
            changes.groupKills(),
            changes.limitHits(),
            changes.nestedLimitHits(),
            changes.above(),
            changes.systemOomKills(),
            userspaceKill(exitValue, changes, found, gaps),
            found,
            gaps);
    return new ScopeResult(
        exitValue, ExitVerdict.of(evidence), after.peak(), after.events(), backend, after.left());
  }

  private boolean asksTheLog(int exitValue, Changes changes) {
    if (changes.systemOomKills().orElse(1) == 0 && changes.oomKills().orElse(0) == 0) {
      return false;
    }
    return !changes.mayHaveMissedKills()
        || exitValue == SIGKILLED
        || backend == ScopeBackend.CGROUP_V1;
  }

  private List<OomKillEvent> kernelRecords(
      int exitValue, Changes changes, OomKillSource source, List<String> gaps) {
    if (changes.mayHaveMissedKills()) {
      return records.missed(source, exitValue == SIGKILLED && !killedByUs, gaps);
    }
    // A group kill counts its first victim twice.
    long processes = Math.max(1, changes.oomKills().orElse(1) - changes.groupKills().orElse(0));
    List<OomKillEvent> found = records.await(source, processes, exitValue == SIGKILLED, gaps);
    if (!found.isEmpty() && records.kernelPid().isEmpty()) {
      gaps.add(
          "which record is the command's own: this JVM is in a PID namespace, and the kernel's log"
              + " has the PIDs of the initial one; the records were found by the box's cgroup");
    }
    return found;
  }

  /** Of v1, 0 proves nothing if somebody was killed and nobody could ask who. */
  private OptionalLong oomKills(Changes changes, Optional<OomKillSource> source) {
    boolean unproven =
        backend == ScopeBackend.CGROUP_V1 && changes.mayHaveMissedKills() && source.isEmpty();
    return unproven ? OptionalLong.empty() : changes.oomKills();
  }

  private Optional<UserspaceKill> userspaceKill(
      int exitValue, Changes changes, List<OomKillEvent> found, List<String> gaps) {
    if (exitValue != SIGKILLED && exitValue != SIGTERMED) {
      return Optional.empty();
    }
    if (changes.killedByOomd().isPresent()) {
      return changes
          .killedByOomd()
          .map(cgroup -> new UserspaceKill("systemd-oomd", "its mark on cgroup " + cgroup));
    }
    return !killedByUs && changes.oomKills().orElse(0) == 0 && found.isEmpty()
        ? killers.find(box.name(), records.kernelPid(), records.started(), gaps)
        : Optional.empty();
  }
}
