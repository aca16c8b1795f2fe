package io.github.oom4j;

import io.github.oom4j.internal.ScoreFormula;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a ranking knows besides the processes, all of one moment.
 *
 * @param pageBytes the page size
 * @param machinePages pages of RAM and swap
 * @param formula how {@code oom_score} comes about
 * @param lagPages by how much the kernel's own view of one process may differ from /proc
 * @param panicOnOom {@code vm.panic_on_oom}
 * @param killAllocatingTask {@code vm.oom_kill_allocating_task}
 * @param groups for cgroups that are killed as a whole, by the cgroup of a process, the one whose
 *     {@code memory.oom.group} decides
 * @param blindSpots what was not seen
 */
record OomRules(
    long pageBytes,
    long machinePages,
    ScoreFormula formula,
    long lagPages,
    int panicOnOom,
    boolean killAllocatingTask,
    Map<String, String> groups,
    Set<BlindSpot> blindSpots) {

  OomRules {
    groups = Map.copyOf(groups);
    blindSpots = Set.copyOf(blindSpots);
  }

  /** What /proc would show for that badness; empty if the formula is not known. */
  OptionalInt score(Badness badness) {
    Badness machines = badness.withTotalpages(machinePages);
    return switch (formula) {
      case SINCE_5_9 -> OptionalInt.of(machines.oomScore());
      case BEFORE_5_9 -> OptionalInt.of(machines.oomScoreBefore59());
      case UNKNOWN -> OptionalInt.empty();
    };
  }

  /** What the kernel does about an OOM there if there is somebody to kill. */
  OomFate fate(OomDomain domain) {
    boolean wholeMachine = domain.cgroup().isEmpty() && domain.nodes().isEmpty();
    if (panicOnOom == 2 || (panicOnOom == 1 && wholeMachine)) {
      return OomFate.PANIC;
    }
    return killAllocatingTask && domain.cgroup().isEmpty()
        ? OomFate.KILL_ALLOCATING_TASK
        : OomFate.KILL;
  }
}
