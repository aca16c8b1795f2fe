package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Killability;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.OomScore;
import io.github.oom4j.VmStat;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.cgroup.internal.Patience;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The counters of a box, of the cgroups above it and of the machine at one moment.
 *
 * @param systemOomKills {@code oom_kill} of {@code /proc/vmstat}
 * @param events the box's events
 * @param limitHits how often the box stood at its own limit
 * @param max the box's own limit, which may have been changed while the command ran
 * @param peak the most memory it ever used
 * @param lineage the box and the cgroups above it
 * @param gaps what could not be read, and why
 * @param left what runs in the box; only read when its command has ended
 */
record Snapshot(
    OptionalLong systemOomKills,
    MemoryEvents events,
    OptionalLong limitHits,
    Optional<Limit> max,
    Optional<ByteSize> peak,
    Lineage lineage,
    List<String> gaps,
    List<OomScore> left) {

  private static final int SIGKILLED = 128 + 9;
  private static final Duration GROUP_PATIENCE = Duration.ofSeconds(2);

  /** Reads what can be read; never throws an {@link OomException}. */
  static Snapshot of(Cgroup box) {
    List<String> gaps = new ArrayList<>();
    // The box first: the kernel counts a kill for the machine before it counts it for the cgroup.
    MemoryEvents events = MemoryEvents.UNKNOWN;
    OptionalLong limitHits = OptionalLong.empty();
    Optional<Limit> max = Optional.empty();
    Optional<ByteSize> peak = Optional.empty();
    try {
      events = box.events();
      limitHits = box.limitHits();
      max = Optional.of(box.max());
      peak = box.peak();
    } catch (OomException e) {
      gaps.add("the counters of the box: " + e.getMessage());
    }
    Lineage lineage = Lineage.of(box.path(), box.name());
    OptionalLong systemOomKills = OptionalLong.empty();
    try {
      systemOomKills = VmStat.read().oomKill();
    } catch (OomException e) {
      gaps.add("the machine's count of OOM kills: " + e.getMessage());
    }
    return new Snapshot(systemOomKills, events, limitHits, max, peak, lineage, gaps, List.of());
  }

  /**
   * Reads a new box when its command has ended. Where one kill means that of all, the kernel goes
   * on killing when the first victim has ended already, and counts each before it kills it: so the
   * box is waited for until all in it are dead, for some time, since it may hold what can't be
   * killed.
   */
  static Snapshot afterExit(Cgroup box, int exitValue) {
    Snapshot first = of(box);
    if (exitValue != SIGKILLED || first.events.oomKill().orElse(0) == 0 || !killsAll(box.path())) {
      return first.withLeft(box.path());
    }
    Patience.until(() -> isEmpty(box.path()), GROUP_PATIENCE);
    return of(box).withLeft(box.path());
  }

  private Snapshot withLeft(Path box) {
    List<OomScore> running = new ArrayList<>();
    for (Path cgroup : new CgroupTree(box).cgroups()) {
      try {
        for (long pid : CgroupTree.processes(cgroup)) {
          OomScore.find(pid).filter(Snapshot::runs).ifPresent(running::add);
        }
      } catch (IOException | OomException e) {
        // Gone, or hidden from this user.
      }
    }
    running.sort(Comparator.comparingLong(OomScore::pid));
    return new Snapshot(
        systemOomKills, events, limitHits, max, peak, lineage, gaps, List.copyOf(running));
  }

  private static boolean runs(OomScore process) {
    return !process.dying() && process.killability() != Killability.NO_MEMORY;
  }

  private static boolean killsAll(Path box) {
    try {
      return Knob.OOM_GROUP.isIn(box) && CgroupFile.number(box, Knob.OOM_GROUP.file()) == 1;
    } catch (OomException e) {
      return false;
    }
  }

  /** With everything nested in it. */
  private static boolean isEmpty(Path box) {
    try {
      return CgroupFile.counters(box, "cgroup.events").get("populated").orElse(0) == 0;
    } catch (OomException e) {
      return true;
    }
  }

  /**
   * By how much a counter grew, if it is known at both moments. A counter that shrank is another
   * one's: that of a cgroup made anew.
   */
  static OptionalLong growth(OptionalLong before, OptionalLong after) {
    return before.isPresent() && after.isPresent() && after.getAsLong() >= before.getAsLong()
        ? OptionalLong.of(after.getAsLong() - before.getAsLong())
        : OptionalLong.empty();
  }
}
