package io.github.oom4j;

/**
 * How little it takes to save a process.
 *
 * @param process the process as it is now
 * @param adj the greatest {@code oom_score_adj} that saves it; its own if it is safe already, -1000
 *     if only that helps
 * @param then what would happen with it
 */
public record OomProtection(OomScore process, OomScoreAdj adj, OomPrediction then) {

  /**
   * Whether nothing need be done.
   *
   * @return true if the value is what the process has
   */
  public boolean isSafeNow() {
    return adj.equals(process.adj());
  }
}
