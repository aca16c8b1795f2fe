package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.Group;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cgroup that is being killed as a whole: the kill lines that follow a {@code Tasks in} line. The
 * first victim may be printed again among them.
 */
final class KillGroup {

  /**
   * The kernel kills the members in one go, and on a slow serial console (9600 baud) prints a line
   * in 160 ms. A kill that is later than this after the one before is another OOM, whose report was
   * suppressed.
   */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  /** The most members that are remembered. */
  private static final int MOST_PIDS = 16_384;

  private final Group group;
  private final LogLine announced;

  /** The kill before the line; empty if the start of the group was lost. */
  private final Optional<HeldKill> first;

  private final Set<Integer> pids = new HashSet<>();
  private LogLine last;

  private KillGroup(Group group, LogLine announced, Optional<HeldKill> first) {
    this.group = group;
    this.announced = announced;
    this.first = first;
    this.last = announced;
    first.ifPresent(kill -> pids.add(kill.pid()));
  }

  static KillGroup of(GroupLine line, LogLine announced, @Nullable HeldKill first) {
    Group group = new Group(line.cgroup(), announced.sequence(), announced.sinceBoot());
    return new KillGroup(group, announced, Optional.ofNullable(first));
  }

  Group group() {
    return group;
  }

  /** Whether the kill is one of this group. */
  boolean owns(HeldKill kill) {
    boolean inTime =
        last.sinceBoot()
            .flatMap(from -> kill.line().sinceBoot().map(at -> at.minus(from)))
            .map(passed -> passed.compareTo(LONGEST_PAUSE) <= 0)
            .orElse(true);
    boolean own =
        inTime
            && LogLine.mayBelongTogether(announced.caller(), kill.line().caller())
            && first.map(f -> f.kill().message().agreesWith(kill.kill().message())).orElse(true);
    if (own) {
      last = kill.line();
    }
    return own;
  }

  /** Whether this member was not told of before. */
  boolean isNew(HeldKill kill) {
    return pids.size() < MOST_PIDS ? pids.add(kill.pid()) : !pids.contains(kill.pid());
  }

  /** Whether the line announces this very group again, as in a log that was pasted twice. */
  boolean isRepeatedBy(GroupLine line, LogLine again) {
    return group.cgroup().equals(line.cgroup())
        && announced.sinceBoot().isPresent()
        && announced.sinceBoot().equals(again.sinceBoot());
  }

  OomKillEvent member(HeldKill kill) {
    return first.map(f -> f.member(kill, group)).orElseGet(() -> kill.event(Optional.of(group)));
  }
}
