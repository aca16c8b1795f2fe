package io.github.oom4j;

import java.util.Comparator;
import java.util.Optional;

/**
 * A process in a competition for memory.
 *
 * @param score the process as users see it
 * @param weight its badness, also where it is spared; empty if it has no memory
 * @param order its place in the order in which the kernel looks at processes
 */
record Candidate(OomScore score, Optional<Badness> weight, int order) {

  /** The order of dying: most points first; of equals the one that the kernel looks at last. */
  static final Comparator<Candidate> FIRST_TO_DIE =
      Comparator.comparingLong(Candidate::points).thenComparingInt(Candidate::order).reversed();

  long pid() {
    return score.pid();
  }

  boolean isKillable() {
    return score.killability() == Killability.KILLABLE;
  }

  /** What the kernel compares; only asked of those with memory. */
  long points() {
    return weight.orElseThrow().points();
  }

  Optional<String> cgroup() {
    return score.cgroup();
  }

  /** The same process with another badness; whether it is spared may change with it. */
  Candidate with(Badness badness, OomRules rules) {
    OomScoreAdj adj = badness.oomScoreAdj();
    Killability killability =
        score.killability() == Killability.INIT
            ? Killability.INIT
            : adj.equals(OomScoreAdj.PROTECTED) ? Killability.PROTECTED : Killability.KILLABLE;
    boolean killable = killability == Killability.KILLABLE;
    OomScore changed =
        new OomScore(
            score.pid(),
            score.comm(),
            killable ? rules.score(badness).orElse(score.score()) : 0,
            adj,
            killable ? Optional.of(badness) : Optional.empty(),
            killability,
            score.memory(),
            score.cgroup(),
            score.startTime(),
            score.dying());
    return new Candidate(changed, Optional.of(badness), order);
  }
}
