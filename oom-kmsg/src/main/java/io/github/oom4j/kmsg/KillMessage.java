package io.github.oom4j.kmsg;

import io.github.oom4j.OomConstraint;
import java.util.Optional;

/** What a kill line begins with: the {@code message} argument of oom_kill_process(). */
enum KillMessage {
  /** System-wide, or a cpuset or NUMA policy; also members of a group killed by such an OOM. */
  GLOBAL("Out of memory", Optional.empty()),
  /** A memory cgroup at its limit. */
  MEMCG("Memory cgroup out of memory", Optional.of(OomConstraint.MEMCG)),
  /** As GLOBAL, with vm.oom_kill_allocating_task. */
  ALLOCATING("Out of memory (oom_kill_allocating_task)", Optional.empty()),
  /** A NUMA policy, in 2.6.32. */
  MPOL("No available memory (MPOL_BIND)", Optional.of(OomConstraint.MEMORY_POLICY)),
  /** As GLOBAL, up to 2.6.18. */
  CAPITAL("Out of Memory", Optional.empty()),
  /** The second line of the two-line era, and group members from 4.19 to 5.0. */
  BARE("", Optional.empty());

  private final String start;
  private final Optional<OomConstraint> constraint;

  KillMessage(String words, Optional<OomConstraint> constraint) {
    this.start = words.isEmpty() ? "" : words + ": ";
    this.constraint = constraint;
  }

  /** What this message alone says about the constraint. "Out of memory" leaves three choices. */
  Optional<OomConstraint> constraint() {
    return constraint;
  }

  /** Whether a kill with that message can be of the same OOM. */
  boolean agreesWith(KillMessage other) {
    return this == other || this == BARE || other == BARE;
  }

  /** Consumes {@code <message>: <verb>}, or the bare verb, from the start of a line. */
  boolean skip(Cursor line, String verb) {
    int from = line.position();
    if (line.skip(start) && line.skip(verb)) {
      return true;
    }
    line.backTo(from);
    return false;
  }
}
