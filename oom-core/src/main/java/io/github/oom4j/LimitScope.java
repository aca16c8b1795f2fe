package io.github.oom4j;

import java.util.Optional;

/** Whose memory ran out when the OOM killer struck, seen from the box of the process. */
public enum LimitScope {
  /** The box hit its own limit. */
  OWN_LIMIT,
  /** A cgroup above the box hit its limit. */
  ANCESTOR_LIMIT,
  /** The machine, or the NUMA nodes the task was confined to, ran out; no cgroup limit was hit. */
  SYSTEM,
  /** The evidence does not tell. */
  UNKNOWN;

  /** Decides from the kernel's record. */
  static LimitScope of(OomKillEvent kill, OomEvidence evidence) {
    if (kill.constraint().isEmpty()) {
      return fromCounters(evidence);
    }
    if (kill.constraint().get() != OomConstraint.MEMCG) {
      return SYSTEM;
    }
    Optional<String> box = evidence.cgroup();
    Optional<String> limited = kill.oomCgroup();
    if (box.isEmpty() || limited.isEmpty()) {
      // A bare kill line says "Memory cgroup out of memory" but not which.
      return box.isEmpty() ? UNKNOWN : ofSomeCgroup(fromCounters(evidence));
    }
    // The kernel prints the path from the hierarchy's root, the box may know only the end of it
    // when this process lives in a cgroup namespace.
    if (limited.get().endsWith(box.get())) {
      return OWN_LIMIT;
    }
    return isAncestor(limited.get(), kill.victimCgroup().orElse(box.get()))
            && !isBelow(limited, box)
        ? ANCESTOR_LIMIT
        : UNKNOWN;
  }

  private static LimitScope ofSomeCgroup(LimitScope counted) {
    return counted == SYSTEM ? UNKNOWN : counted;
  }

  /**
   * Decides from the counters alone. They tell how often each cgroup stood at its limit and how
   * many were killed, not which of the one led to which of the other. Whatever leaves two
   * explanations is UNKNOWN:
   *
   * <ul>
   *   <li>more kills in the box than hits of its limit: some of them had another reason;
   *   <li>a limit inside the box was hit;
   *   <li>a limit above the box was hit, and neighbours of the box were killed too: it may have
   *       been theirs;
   *   <li>nothing was hit, but not all cgroups above are visible.
   * </ul>
   *
   * <p>Where no cgroup was at its limit and yet the kernel killed, the machine was out of memory:
   * the kernel counts {@code oom} of the limited cgroup before each kill for a limit.
   */
  static LimitScope fromCounters(OomEvidence evidence) {
    if (evidence.limitHits().isEmpty()) {
      return UNKNOWN;
    }
    long own = evidence.limitHits().getAsLong();
    long kills = evidence.oomKills().orElse(0);
    // On cgroup v1 the hits are no such count, and a group kill counts once more than it kills.
    boolean countsCompare =
        evidence.nestedLimitHits().isPresent() && evidence.groupKills().orElse(0) == 0;
    if (own > 0) {
      return countsCompare && kills > own ? UNKNOWN : OWN_LIMIT;
    }
    if (evidence.nestedLimitHits().orElse(1) > 0) {
      return UNKNOWN;
    }
    CgroupsAbove above = evidence.above();
    if (!above.limitedForBoxAlone(evidence.oomKills()).isEmpty()) {
      return ANCESTOR_LIMIT;
    }
    return kills > 0 && above.noneLimited() ? SYSTEM : UNKNOWN;
  }

  private static boolean isBelow(Optional<String> limited, Optional<String> box) {
    return limited.orElse("").contains(box.orElse("") + "/");
  }

  private static boolean isAncestor(String ancestor, String cgroup) {
    return ancestor.equals("/") || cgroup.startsWith(ancestor + "/");
  }
}
