package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * A cgroup that is being killed as a whole: the kill lines that follow a {@code Tasks in} line. The
 * first victim may be printed again among them.
 *
 * @param first the kill before the line; for a group whose start was lost, a member itself
 */
record KillGroup(String cgroup, LogLine announced, Optional<HeldKill> first) {

  /** FORMATS: members follow within a second. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

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

  boolean isFirst(HeldKill kill) {
    return first.isPresent() && first.get().pid() == kill.pid();
  }

  OomKillEvent member(HeldKill kill) {
    return first.map(f -> f.member(kill, cgroup)).orElseGet(() -> kill.event(Optional.of(cgroup)));
  }
}
