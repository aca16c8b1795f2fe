package io.github.oom4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The processes of a task dump as {@code oom_badness()} sees them, in bytes. Those that are never
 * picked are left out: {@code oom_score_adj} -1000, and the init process.
 *
 * @param victim the row of the process that was chosen
 * @param candidates the rows that could be picked
 * @param total what {@code oom_score_adj} is a share of; empty if the report does not tell it
 */
record DumpedBadness(
    OomKillEvent.Task victim, List<OomKillEvent.Task> candidates, Optional<ByteSize> total) {

  /** {@code oom_score_adj} of a process that is never picked. */
  private static final int NEVER = -1000;

  /** Empty if the victim has no row, or if the kernel is older than this reckoning (2.6.36). */
  static Optional<DumpedBadness> of(OomKillEvent kill) {
    List<OomKillEvent.Task> candidates = new ArrayList<>();
    for (OomKillEvent.Task task : kill.tasks()) {
      if (task.oomScoreAdj().isEmpty() || task.swapents().isEmpty()) {
        return Optional.empty();
      }
      if (task.oomScoreAdj().getAsInt() != NEVER && task.pid() != 1) {
        candidates.add(task);
      }
    }
    long chosen = kill.report().choice().map(OomReport.Choice::pid).orElse(kill.victim().pid());
    return candidates.stream()
        .filter(task -> task.pid() == chosen)
        .findFirst()
        .map(victim -> new DumpedBadness(victim, candidates, total(kill)));
  }

  private static Optional<ByteSize> total(OomKillEvent kill) {
    OomConstraint constraint = kill.constraint().orElse(OomConstraint.CPUSET);
    if (constraint == OomConstraint.NONE) {
      Optional<ByteSize> swap = kill.memory().machine().flatMap(MachineMemory::swapTotal);
      return kill.report().machineTotal().flatMap(ram -> swap.map(ram::plus));
    }
    if (constraint != OomConstraint.MEMCG) {
      return Optional.empty();
    }
    Optional<ByteSize> limit = kill.memory().memory().flatMap(usage -> usage.limit().size());
    if (kill.memory().memoryAndSwap().isPresent()) {
      return kill.memory().memoryAndSwap().flatMap(usage -> usage.limit().size()).or(() -> limit);
    }
    // Without a limit of its own, swap counts as far as there is any: that is not in the report.
    return kill.memory()
        .swap()
        .flatMap(usage -> usage.limit().size())
        .flatMap(swap -> limit.map(swap::plus));
  }

  /** RAM, swap and page tables of a process, in bytes. */
  static double memory(OomKillEvent.Task task) {
    return (double) task.rss().bytes()
        + task.swapents().map(ByteSize::bytes).orElse(0L)
        + task.pgtables().map(ByteSize::bytes).orElse(0L);
  }

  private double points(OomKillEvent.Task task) {
    return memory(task)
        + task.oomScoreAdj().orElse(0) / 1000.0 * total.map(ByteSize::bytes).orElse(0L);
  }

  /** Whether every candidate's {@code oom_score_adj} is 0, so that memory alone decides. */
  boolean isUnadjusted() {
    return candidates.stream().allMatch(task -> task.oomScoreAdj().orElse(0) == 0);
  }

  /** The victim's place by badness, from 1; empty if that can't be reckoned. */
  OptionalInt place() {
    return isUnadjusted() || total.isPresent()
        ? OptionalInt.of(
            1 + (int) candidates.stream().filter(t -> points(t) > points(victim)).count())
        : OptionalInt.empty();
  }

  /** The victim's place by memory alone, from 1. */
  int placeByMemory() {
    return 1 + (int) candidates.stream().filter(t -> memory(t) > memory(victim)).count();
  }

  /** The victim's share of what all candidates hold, in percent. */
  long percentOfMemory() {
    double all = candidates.stream().mapToDouble(DumpedBadness::memory).sum();
    return all <= 0 ? 0 : Math.round(100 * memory(victim) / all);
  }

  /** The victim's share of the badness of all, in percent; empty if that can't be reckoned. */
  OptionalInt percentOfBadness() {
    if (place().isEmpty()) {
      return OptionalInt.empty();
    }
    double all = candidates.stream().mapToDouble(task -> Math.max(0, points(task))).sum();
    return all <= 0 || points(victim) <= 0
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.round(100 * points(victim) / all));
  }
}
