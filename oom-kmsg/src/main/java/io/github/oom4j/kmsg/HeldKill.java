package io.github.oom4j.kmsg;

import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.CgroupCandidate;
import io.github.oom4j.OomKillEvent.Group;
import io.github.oom4j.OomKillEvent.Victim;
import io.github.oom4j.OomReport;
import java.util.ArrayList;
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
  OomKillEvent event(Optional<Group> group) {
    Victim victim = report == null ? kill.victim() : report.complete(kill.victim());
    List<CgroupCandidate> cgroups = cgroups(victim.comm());
    if (cgroups.isEmpty() && group.isPresent()) {
      cgroups = List.of(inGroup(Optional.empty(), group.get().cgroup()));
    }
    return event(this, victim, cgroups, group);
  }

  /**
   * Another member of the group, whose first kill this is: it shares the report.
   *
   * @param member the member's own kill line
   * @param group the cgroup that is killed as a whole
   */
  OomKillEvent member(HeldKill member, Group group) {
    List<CgroupCandidate> first = cgroups(kill.victim().comm());
    // Processes live in leaves of cgroup v2: if the first one's cgroup is the group, so is theirs.
    List<CgroupCandidate> own = new ArrayList<>();
    for (CgroupCandidate candidate : first) {
      CgroupCandidate members =
          candidate.victimCgroup().orElse(group.cgroup()).equals(group.cgroup())
              ? inGroup(candidate.oomCgroup(), group.cgroup())
              : new CgroupCandidate(candidate.oomCgroup(), Optional.empty());
      if (own.isEmpty() || !own.contains(members)) {
        own.add(members);
      }
    }
    if (own.isEmpty()) {
      own.add(inGroup(Optional.empty(), group.cgroup()));
    }
    return event(member, member.kill.victim(), own, Optional.of(group));
  }

  private static CgroupCandidate inGroup(Optional<String> oomCgroup, String group) {
    return new CgroupCandidate(oomCgroup, Optional.of(group));
  }

  private List<CgroupCandidate> cgroups(String comm) {
    return report == null ? List.of() : report.cgroups(comm);
  }

  private OomKillEvent event(
      HeldKill killed, Victim victim, List<CgroupCandidate> cgroups, Optional<Group> group) {
    LogLine own = killed.line;
    Optional<OomConstraint> constraint =
        report == null
            ? killed.kill.message().constraint()
            : report.constraint(killed.kill.message());
    return new OomKillEvent(
        own.sequence(),
        own.sinceBoot(),
        own.wallClock(),
        constraint,
        victim,
        CgroupPath.agreed(cgroups, CgroupCandidate::oomCgroup),
        CgroupPath.agreed(cgroups, CgroupCandidate::victimCgroup),
        cgroups.size() > 1 ? cgroups : List.of(),
        group,
        report == null ? OomReport.empty() : report.read(Optional.of(kill.victim())),
        own.text(),
        killed.kill.cut() || (report != null && report.isTruncated()),
        own.trusted());
  }
}
