package io.github.oom4j.internal;

/** How {@code /proc/PID/oom_score} comes about (fs/proc/base.c). */
public enum ScoreFormula {
  /** Since 5.9, and where that was backported: {@code Badness.oomScore()}. */
  SINCE_5_9,
  /** Before: {@code Badness.oomScoreBefore59()}. */
  BEFORE_5_9,
  /** Not known: read the file of each process. */
  UNKNOWN
}
