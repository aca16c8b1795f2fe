package io.github.oom4j;

/**
 * A value of {@code /proc/PID/oom_score_adj} (proc_pid_oom_score_adj(5)): how much a process is
 * favoured or spared, in thousandths of the memory it competes for.
 *
 * @param value -1000 to 1000
 */
public record OomScoreAdj(int value) {

  /** -1000: the OOM killer never picks the process. */
  public static final OomScoreAdj PROTECTED = new OomScoreAdj(-1000);

  /** 0: the process counts for what it uses. The default. */
  public static final OomScoreAdj NEUTRAL = new OomScoreAdj(0);

  /** 1000: the process counts as if it used all memory, and goes first. */
  public static final OomScoreAdj VOLUNTEER = new OomScoreAdj(1000);

  /**
   * Checks the range.
   *
   * @param value the component of that name
   * @throws IllegalArgumentException if the value is not between -1000 and 1000
   */
  public OomScoreAdj {
    if (value < -1000 || value > 1000) {
      throw new IllegalArgumentException("oom_score_adj is -1000 to 1000, not " + value);
    }
  }

  /**
   * A value; the common one is not made anew each time.
   *
   * @param value -1000 to 1000
   * @return that value
   * @throws IllegalArgumentException if it is out of range
   */
  public static OomScoreAdj of(int value) {
    return value == 0 ? NEUTRAL : new OomScoreAdj(value);
  }

  /** The value as the kernel's file holds it. */
  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
