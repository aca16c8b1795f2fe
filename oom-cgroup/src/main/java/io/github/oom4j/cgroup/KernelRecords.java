package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Finds the kernel's own records of the kills in one box. */
final class KernelRecords {

  /** The kernel counts a kill first and prints it afterwards. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final long PAUSE_NANOS = 5_000_000;

  /** The clock of the log and the wall clock may differ a little. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private final String boxName;
  private final long pid;
  private final Instant started;

  /**
   * The records to look for.
   *
   * @param boxName the last part of the box's path, which no other box ever has
   * @param pid the command's PID
   * @param started when it was started
   */
  KernelRecords(String boxName, long pid, Instant started) {
    this.boxName = boxName;
    this.pid = pid;
    this.started = started;
  }

  /**
   * Asks the source until the records have arrived, or for half a second at most. Does not heed
   * interrupts.
   *
   * @param kills how many kills the box counted
   * @param commandDied whether the command itself may be a victim
   * @param gaps takes the reason if the source can't be read
   * @return the records found, oldest first
   */
  List<OomKillEvent> await(
      OomKillSource source, long kills, boolean commandDied, List<String> gaps) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        List<OomKillEvent> found = among(source.recentKills());
        boolean own = found.stream().anyMatch(kill -> kill.victim().pid() == pid);
        boolean complete = commandDied ? own || found.size() >= kills : !found.isEmpty();
        if ((complete && !found.isEmpty()) || System.nanoTime() > end) {
          return found;
        }
        interrupted |= Thread.interrupted();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (OomException e) {
      gaps.add("the kernel's record: " + e.getMessage());
      return List.of();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Those of this box: by its name, or, of the kills without any cgroup, the newest of the PID. */
  List<OomKillEvent> among(List<OomKillEvent> kills) {
    List<OomKillEvent> found = new ArrayList<>();
    Optional<OomKillEvent> bare = Optional.empty();
    for (OomKillEvent kill : kills) {
      if (isInBox(kill.victimCgroup()) || isInBox(kill.oomCgroup())) {
        found.add(kill);
      } else if (isBare(kill)) {
        // Beyond ten reports in five seconds the kernel prints only the kill line.
        bare = Optional.of(kill);
      }
    }
    if (found.stream().noneMatch(kill -> kill.victim().pid() == pid)) {
      bare.ifPresent(found::add);
    }
    return found;
  }

  private boolean isInBox(Optional<String> cgroup) {
    return cgroup.isPresent() && (cgroup.get() + "/").contains("/" + boxName + "/");
  }

  private boolean isBare(OomKillEvent kill) {
    return kill.victim().pid() == pid
        && kill.victimCgroup().isEmpty()
        && kill.oomCgroup().isEmpty()
        && kill.wallClock().map(time -> time.isAfter(started.minus(SLACK))).orElse(true);
  }
}
