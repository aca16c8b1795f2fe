package io.github.oom4j;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the OOM killer sees one process at one moment. Immutable and thread-safe.
 *
 * <pre>{@code
 * OomScore self = OomScore.self();
 * System.out.println(self.comm() + " scores " + self.score());
 * OomScore.adjust(self.pid(), 1000); // volunteer
 * try (OomScoreHold held = OomScore.hold(self.pid(), 500)) { // for a while
 *   importEverything();
 * }
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
 * @param memory what it uses; empty if it has no memory of its own
 * @param cgroup its memory cgroup as {@code /proc/PID/cgroup} names it, seen from this process's
 *     cgroup namespace; empty without cgroups
 * @param startTime when it was started, as time since boot, in hundredths of a second. With the PID
 *     it names the process for ever
 * @param dying whether it was killed or is ending, but still has its memory. If it was the OOM
 *     killer who did it, nobody else dies until that memory is free
 */
public record OomScore(
    long pid,
    String comm,
    int score,
    OomScoreAdj adj,
    Optional<Badness> badness,
    Killability killability,
    Optional<ProcessMemory> memory,
    Optional<String> cgroup,
    Duration startTime,
    boolean dying) {

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

  /**
   * Writes {@code oom_score_adj} of the very process that was seen here: if it has ended, and its
   * PID was given to another, that one is left alone. Otherwise as {@link #adjust(long, int)}.
   *
   * @param oomScoreAdj -1000 to 1000
   * @return the process as it is seen now
   * @throws IllegalArgumentException if the value is out of range
   * @throws ProcessGoneException if it has ended
   * @throws DeniedException if the kernel refuses; the message tells what would be needed
   * @throws OomException if /proc can't be read
   */
  public OomScore adjust(int oomScoreAdj) {
    return ProcFs.system().adjust(this, new OomScoreAdj(oomScoreAdj));
  }

  /**
   * Adjusts a process and all that descend from it. Children inherit the value when they are
   * forked; those that are there already don't. A process whose parent has ended is no longer
   * found.
   *
   * @param pid the process at the top
   * @param oomScoreAdj -1000 to 1000
   * @return the processes as they are seen now, the top first
   * @throws IllegalArgumentException if the value is out of range
   * @throws ProcessGoneException if there is no such process
   * @throws DeniedException if the kernel refuses for one of them; those before it are adjusted
   * @throws OomException if /proc can't be read
   */
  public static List<OomScore> adjustTree(long pid, int oomScoreAdj) {
    return ProcFs.system().adjustTree(pid, new OomScoreAdj(oomScoreAdj));
  }

  /**
   * Gives a process another {@code oom_score_adj} for a while; otherwise as {@link #adjust(long,
   * int)}. Children that are forked meanwhile inherit the value and keep it.
   *
   * @param pid the process
   * @param oomScoreAdj -1000 to 1000
   * @return closing it puts back the value from before
   * @throws IllegalArgumentException if the value is out of range
   * @throws ProcessGoneException if there is no such process
   * @throws DeniedException if the kernel refuses; the message tells what would be needed
   * @throws OomException if /proc can't be read
   */
  public static OomScoreHold hold(long pid, int oomScoreAdj) {
    return ProcFs.system().hold(pid, new OomScoreAdj(oomScoreAdj));
  }

  /**
   * Starts a command that has an {@code oom_score_adj} from its first instruction on, as {@code
   * choom -n} does: a shell writes the value and becomes the command. Whatever it starts inherits
   * the value.
   *
   * @param command the command with its redirects, environment and directory; not changed
   * @param oomScoreAdj -1000 to 1000
   * @return the process, which has the value
   * @throws IllegalArgumentException if the value is out of range, or there is no command
   * @throws DeniedException if the kernel refuses; the command was not started
   * @throws LaunchException if it could not be started otherwise
   */
  public static Process start(ProcessBuilder command, int oomScoreAdj) {
    return AdjustedStart.of(command, new OomScoreAdj(oomScoreAdj));
  }
}
