package io.github.oom4j;

import java.util.Optional;

/**
 * How the OOM killer sees one process at one moment. Immutable and thread-safe.
 *
 * <pre>{@code
 * OomScore self = OomScore.self();
 * System.out.println(self.comm() + " scores " + self.score());
 * OomScore.adjust(self.pid(), 1000); // volunteer
 * }</pre>
 *
 * @param pid the process
 * @param comm its command name of up to 15 bytes, which it may have chosen itself; bytes that are
 *     not UTF-8 show as U+FFFD
 * @param score {@code /proc/PID/oom_score}: 0 to about 2000. Coarse: use {@link Badness#points()}
 *     to compare processes. 0 does not mean unkillable
 * @param adj {@code /proc/PID/oom_score_adj}
 * @param badness what the kernel would compare, recomputed from {@code /proc/PID/status}; empty for
 *     a process that is never picked
 * @param killability whether it may be picked, and if not why
 */
public record OomScore(
    long pid,
    String comm,
    int score,
    OomScoreAdj adj,
    Optional<Badness> badness,
    Killability killability) {

  /**
   * Reads the score of a process.
   *
   * @param pid the process
   * @return its score
   * @throws ProcessGoneException if there is no such process
   * @throws DeniedException if it may not be looked at, as with {@code hidepid}
   * @throws OomException if /proc can't be read
   */
  public static OomScore of(long pid) {
    return ProcFs.system().score(pid);
  }

  /**
   * Reads the score of a process that may be gone.
   *
   * @param pid the process
   * @return its score, or empty if there is no such process
   * @throws DeniedException if it may not be looked at, as with {@code hidepid}
   * @throws OomException if /proc can't be read
   */
  public static Optional<OomScore> find(long pid) {
    return ProcFs.system().findScore(pid);
  }

  /**
   * Reads the score of this JVM.
   *
   * @return its score
   * @throws OomException if /proc can't be read
   */
  public static OomScore self() {
    return of(ProcessHandle.current().pid());
  }

  /**
   * Writes {@code /proc/PID/oom_score_adj} and reads it back. Raising the value is open to the
   * owner of the process; lowering it below the least value that a privileged process has set needs
   * CAP_SYS_RESOURCE. Processes that share memory with it change too.
   *
   * @param pid the process
   * @param oomScoreAdj -1000 (never pick it) to 1000 (pick it first)
   * @return the process as it is seen now
   * @throws IllegalArgumentException if the value is out of range
   * @throws ProcessGoneException if there is no such process
   * @throws DeniedException if the kernel refuses; the message tells what would be needed
   * @throws OomException if /proc can't be read
   */
  public static OomScore adjust(long pid, int oomScoreAdj) {
    return ProcFs.system().adjust(pid, new OomScoreAdj(oomScoreAdj));
  }
}
