package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.ProcFs;
import io.github.oom4j.UserspaceKill;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** Looks in the journal for a userspace OOM killer that says it killed the command or its box. */
final class UserspaceKillers {

  private static final List<String> UNITS =
      List.of(
          "systemd-oomd.service", "earlyoom.service", "nohang.service", "nohang-desktop.service");
  private static final String PROCESSES = "^(systemd-oomd|earlyoom|nohang)$";

  /** On a machine short of memory the journal may be late. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final long PAUSE_NANOS = 50_000_000;

  private final Journal journal;

  UserspaceKillers(Journal journal) {
    this.journal = journal;
  }

  /**
   * Searches; waits for a second at most if such a killer runs here. Does not heed interrupts.
   *
   * @param box the box's path
   * @param kernelPid the command's PID in the initial PID namespace, where those killers live
   * @param started when the command was started
   * @param gaps takes the reason if the journal can't be read
   * @return the killer, with its line
   */
  Optional<UserspaceKill> find(
      String box, OptionalLong kernelPid, Instant started, List<String> gaps) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        Optional<UserspaceKill> found =
            KillerLine.parse(journal.lines(UNITS, started)).stream()
                .filter(line -> !line.time().isBefore(started))
                .filter(line -> line.isAbout(box, kernelPid))
                .reduce((older, newer) -> newer)
                .map(line -> new UserspaceKill(line.killer(), "its message: " + line.message()));
        if (found.isPresent() || System.nanoTime() > end || !isOneRunning()) {
          return found;
        }
        interrupted |= Thread.interrupted();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (Journal.UnreadableException e) {
      gaps.add("whether a userspace OOM killer sent the signal: " + e.getMessage());
      return Optional.empty();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isOneRunning() {
    try {
      return !ProcFs.system().processesNamed(PROCESSES).isEmpty();
    } catch (OomException e) {
      return false;
    }
  }
}
