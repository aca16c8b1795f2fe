package io.github.oom4j;

/**
 * An {@code oom_score_adj} that a process has for a while. Closing puts back what was there before.
 * Thread-safe.
 *
 * <pre>{@code
 * try (OomScoreHold held = OomScore.hold(pid, 800)) {
 *   job.run(); // whatever happens, rather this process than the database
 * }
 * }</pre>
 */
public final class OomScoreHold implements AutoCloseable {

  private final Adjustment adjustment;
  private final OomScore before;
  private final OomScore held;
  private boolean closed; // guarded by this

  OomScoreHold(Adjustment adjustment, OomScore before, OomScore held) {
    this.adjustment = adjustment;
    this.before = before;
    this.held = held;
  }

  static OomScoreHold of(Adjustment adjustment, OomScore before, OomScoreAdj adj) {
    return new OomScoreHold(adjustment, before, adjustment.adjust(before, adj));
  }

  /**
   * The process before.
   *
   * @return with the value that closing puts back
   */
  public OomScore before() {
    return before;
  }

  /**
   * The process with the value that is held.
   *
   * @return as it was seen when it had been written
   */
  public OomScore held() {
    return held;
  }

  /**
   * Puts back the value from before, unless the process has ended or somebody else has written
   * another value meanwhile. Idempotent.
   *
   * @throws DeniedException if the kernel refuses: a value that a privileged process raised may
   *     only be lowered with CAP_SYS_RESOURCE
   * @throws OomException if /proc can't be read
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (adjustment.same(held).filter(now -> now.adj().equals(held.adj())).isPresent()) {
        adjustment.adjust(held, before.adj());
      }
    } catch (ProcessGoneException e) {
      // There is nothing to put back.
    }
  }

  /** The process, and both values. */
  @Override
  public String toString() {
    return "OomScoreHold["
        + held.comm()
        + " (pid "
        + held.pid()
        + "): "
        + before.adj()
        + " -> "
        + held.adj()
        + "]";
  }
}
