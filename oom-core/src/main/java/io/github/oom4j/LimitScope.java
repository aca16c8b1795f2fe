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
      return box.isEmpty() ? UNKNOWN : fromCounters(evidence);
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

  /** Decides from the counters alone. */
  static LimitScope fromCounters(OomEvidence evidence) {
    return evidence.limitHits().orElse(0) > 0 ? OWN_LIMIT : UNKNOWN;
  }

  private static boolean isBelow(Optional<String> limited, Optional<String> box) {
    return limited.orElse("").contains(box.orElse("") + "/");
  }

  private static boolean isAncestor(String ancestor, String cgroup) {
    return ancestor.equals("/") || cgroup.startsWith(ancestor + "/");
  }
}
