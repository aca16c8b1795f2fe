package io.github.oom4j.kmsg;

import io.github.oom4j.MemoryReport;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.Victim;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A kill line with the report that it ended, before it is known whether it was the first of a
 * group.
 *
 * @param report the report, or null where only the kill line was printed
 */
record HeldKill(LogLine line, KillLine kill, @Nullable OpenReport report) {

  int pid() {
    return (int) kill.victim().pid();
  }

  /**
   * The kill as an event.
   *
   * @param group the cgroup that was killed as a whole, if it was
   */
  OomKillEvent event(Optional<String> group) {
    Victim victim = report == null ? kill.victim() : report.complete(kill.victim());
    Optional<String> ownCgroup =
        report == null ? Optional.empty() : report.victimCgroup(victim.comm());
    return event(victim, ownCgroup.or(() -> group), group.isPresent());
  }

  /**
   * Another member of the group, whose first kill this is: it shares the report.
   *
   * @param member the member's own kill line
   * @param group the cgroup that is killed as a whole
   */
  OomKillEvent member(HeldKill member, String group) {
    Optional<String> firstCgroup =
        report == null ? Optional.empty() : report.victimCgroup(kill.victim().comm());
    // Processes live in leaves of cgroup v2: if the first one's cgroup is the group, so is theirs.
    boolean known = firstCgroup.isEmpty() || firstCgroup.get().equals(group);
    HeldKill shared = new HeldKill(member.line, member.kill, report);
    return shared.event(member.kill.victim(), known ? Optional.of(group) : Optional.empty(), true);
  }

  private OomKillEvent event(Victim victim, Optional<String> victimCgroup, boolean groupKill) {
    Optional<OomConstraint> constraint =
        report == null ? kill.message().constraint() : report.constraint(kill.message());
    return new OomKillEvent(
        line.sequence(),
        line.sinceBoot(),
        line.wallClock(),
        constraint,
        victim,
        report == null ? Optional.empty() : report.trigger(),
        report == null ? Optional.empty() : report.oomCgroup(victim.comm()),
        victimCgroup,
        groupKill,
        report == null ? List.of() : report.tasks(),
        report == null ? MemoryReport.empty() : report.memory(),
        line.text(),
        kill.cut() || (report != null && report.isTruncated()),
        line.trusted());
  }
}
