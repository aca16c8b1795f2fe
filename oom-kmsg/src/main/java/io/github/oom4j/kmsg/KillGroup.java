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
 *
 * @param first the kill before the line; empty if the start of the group was lost
 * @param pids the members so far
 */
record KillGroup(Group group, LogLine announced, Optional<HeldKill> first, Set<Integer> pids) {

  /** FORMATS: members follow within a second. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** The most members that are remembered. */
  private static final int MOST_PIDS = 16_384;

  static KillGroup of(GroupLine line, LogLine announced, @Nullable HeldKill first) {
    Set<Integer> pids = new HashSet<>();
    if (first != null) {
      pids.add(first.pid());
    }
    Group group = new Group(line.cgroup(), announced.sequence(), announced.sinceBoot());
    return new KillGroup(group, announced, Optional.ofNullable(first), pids);
  }

  /** Whether the kill is one of this group. */
  boolean owns(HeldKill kill) {
    boolean inTime =
        announced
            .sinceBoot()
            .flatMap(from -> kill.line().sinceBoot().map(at -> at.minus(from)))
            .map(passed -> passed.compareTo(LONGEST) <= 0)
            .orElse(true);
    return inTime
        && LogLine.mayBelongTogether(announced.caller(), kill.line().caller())
        && first.map(f -> f.kill().message().agreesWith(kill.kill().message())).orElse(true);
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
