package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.cgroup.internal.Patience;
import io.github.oom4j.cgroup.internal.PidNamespace;
import io.github.oom4j.cgroup.internal.PrintkClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** Finds the kernel's own records of the kills in one box. */
final class KernelRecords {

  /** The kernel counts a kill first and prints it afterwards. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final Duration A_MOMENT = Duration.ofMillis(100);

  private static final long PAUSE_NANOS = 5_000_000;

  /** The clock of the log and the wall clock may differ a little. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private final String boxName;
  private final OptionalLong kernelPid;

  /**
   * When the command was started, on the monotonic clock: like the kernel's log it neither jumps
   * nor runs while the machine sleeps. The log's times are turned into wall clock when they are
   * read, so this one is too.
   */
  private final long startedNanos;

  /**
   * The records to look for.
   *
   * @param boxName the box's path, or the end of it
   * @param pid the command's PID as this JVM sees it
   * @param started when it was started
   */
  KernelRecords(String boxName, long pid, Instant started) {
    this(boxName, PidNamespace.kernelPid(pid), nanosOf(started));
  }

  private KernelRecords(String boxName, OptionalLong kernelPid, long startedNanos) {
    // Where a hierarchy was mounted from outside of the cgroup namespace, names go up first.
    this.boxName = boxName.replaceFirst("^(/\\.\\.)+(?=/)", "").replaceFirst("^/", "");
    this.kernelPid = kernelPid;
    this.startedNanos = startedNanos;
  }

  private static long nanosOf(Instant time) {
    return System.nanoTime() - Duration.between(time, Instant.now()).toNanos();
  }

  /** The same in a box of which the whole path is known. */
  KernelRecords in(String wholeName) {
    return new KernelRecords(wholeName, kernelPid, startedNanos);
  }

  /** The same for a JVM in another PID namespace. */
  KernelRecords ofKernelPid(OptionalLong pid) {
    return new KernelRecords(boxName, pid, startedNanos);
  }

  /** The command's PID as the kernel's log has it, if that can be told from here. */
  OptionalLong kernelPid() {
    return kernelPid;
  }

  /** When the command was started, on the wall clock of now. */
  Instant started() {
    return Instant.now().minusNanos(System.nanoTime() - startedNanos);
  }

  /**
   * Asks the source until the records have arrived, or for half a second at most. Does not heed
   * interrupts.
   *
   * @param kills how many processes of the box were killed
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
        boolean own = found.stream().anyMatch(this::isOfCommand);
        boolean complete = !commandDied || own || found.size() >= kills;
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

  /**
   * Asks the source for kills that the box did not count although there were some on the machine:
   * in a cgroup that was nested in it (v1), or of a command that had moved to another one.
   *
   * @param commandDied whether the command itself may be a victim, whose record may take a moment
   * @param gaps takes the reason if the source can't be read
   * @return the records found, oldest first
   */
  List<OomKillEvent> missed(OomKillSource source, boolean commandDied, List<String> gaps) {
    List<OomKillEvent> found = new ArrayList<>();
    try {
      Patience.until(
          () -> {
            List<OomKillEvent> kills = sinceStart(source.recentKills());
            found.addAll(among(kills));
            if (found.isEmpty()) {
              kills.stream().filter(this::isOfCommand).findFirst().ifPresent(found::add);
            }
            return !commandDied || !found.isEmpty();
          },
          A_MOMENT);
    } catch (OomException e) {
      gaps.add("the kernel's record: " + e.getMessage());
    }
    return found;
  }

  /**
   * Those of this box since the command was started: by its path, or, of the kills without any
   * cgroup, the newest of the PID.
   */
  List<OomKillEvent> among(List<OomKillEvent> kills) {
    List<OomKillEvent> found = new ArrayList<>();
    Optional<OomKillEvent> bare = Optional.empty();
    for (OomKillEvent kill : sinceStart(kills)) {
      if (isInBox(kill.victimCgroup()) || isInBox(kill.oomCgroup())) {
        found.add(kill);
      } else if (isOfCommand(kill) && hasNoCgroup(kill)) {
        // Beyond ten reports in five seconds the kernel prints only the kill line.
        bare = Optional.of(kill);
      }
    }
    if (found.stream().noneMatch(this::isOfCommand)) {
      bare.ifPresent(found::add);
    }
    return found;
  }

  /** Without those of an older box of the same name, or an earlier owner of the PID. */
  private List<OomKillEvent> sinceStart(List<OomKillEvent> kills) {
    Duration age = Duration.ofNanos(System.nanoTime() - startedNanos).plus(SLACK);
    Instant earliest = Instant.now().minus(age);
    // What comes from the ring buffer has no wall clock.
    Optional<Duration> sinceBoot =
        PrintkClock.now().map(now -> now.minus(age).minus(PrintkClock.drift(now)));
    return kills.stream()
        .filter(kill -> !kill.wallClock().map(time -> time.isBefore(earliest)).orElse(false))
        .filter(kill -> !isBefore(kill.sinceBoot(), sinceBoot))
        .toList();
  }

  private static boolean isBefore(Optional<Duration> time, Optional<Duration> earliest) {
    return time.isPresent() && earliest.isPresent() && time.get().compareTo(earliest.get()) < 0;
  }

  private boolean isInBox(Optional<String> cgroup) {
    return cgroup.isPresent() && (cgroup.get() + "/").contains("/" + boxName + "/");
  }

  private boolean isOfCommand(OomKillEvent kill) {
    return kernelPid.isPresent() && kill.victim().pid() == kernelPid.getAsLong();
  }

  private static boolean hasNoCgroup(OomKillEvent kill) {
    return kill.victimCgroup().isEmpty() && kill.oomCgroup().isEmpty();
  }
}
