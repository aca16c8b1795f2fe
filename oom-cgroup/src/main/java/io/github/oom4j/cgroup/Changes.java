package io.github.oom4j.cgroup;

import io.github.oom4j.CgroupsAbove;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * By how much the counters grew while the command ran, each empty if that is not known.
 *
 * @param oomKills OOM kills in the box
 * @param groupKills group kills in it
 * @param limitHits of the box's own limit
 * @param nestedLimitHits of limits of cgroups nested in it
 * @param above the cgroups above
 * @param systemOomKills OOM kills on the machine
 * @param killedByOomd the cgroup that systemd-oomd killed, the box or one above
 */
record Changes(
    OptionalLong oomKills,
    OptionalLong groupKills,
    OptionalLong limitHits,
    OptionalLong nestedLimitHits,
    CgroupsAbove above,
    OptionalLong systemOomKills,
    Optional<String> killedByOomd) {

  /**
   * Compares.
   *
   * @param eventsAreLocal whether {@code memory.events} leaves out nested cgroups
   * @param v1 whether the box is one of cgroup v1
   * @param gaps takes what the later snapshot could not tell, and why
   */
  static Changes between(
      Snapshot before, Snapshot after, boolean eventsAreLocal, boolean v1, List<String> gaps) {
    gaps.addAll(after.gaps());
    CgroupsAbove above = before.lineage().growth(after.lineage());
    OptionalLong unknown = OptionalLong.empty();
    Changes outside =
        new Changes(
            unknown,
            unknown,
            unknown,
            unknown,
            above,
            Snapshot.growth(before.systemOomKills(), after.systemOomKills()),
            before.lineage().killedByOomd(after.lineage()));
    if (before.lineage().box().isSameAs(after.lineage().box())) {
      Changes all = outside.inBox(before, after, eventsAreLocal, gaps);
      return v1 ? all.withoutAmbiguousHits(before, after) : all;
    }
    if (after.gaps().isEmpty()) {
      gaps.add("the counters of the box: somebody removed it and made another of the same name");
    }
    return eventsAreLocal ? outside : outside.withKillsRuledOutFromAbove();
  }

  private Changes inBox(
      Snapshot before, Snapshot after, boolean eventsAreLocal, List<String> gaps) {
    OptionalLong kills = Snapshot.growth(before.events().oomKill(), after.events().oomKill());
    if (eventsAreLocal && kills.orElse(1) == 0) {
      gaps.add(
          "kills in cgroups nested in the box: this hierarchy is mounted with memory_localevents");
      kills = OptionalLong.empty();
    }
    OptionalLong own =
        Snapshot.growth(before.lineage().box().limitHits(), after.lineage().box().limitHits());
    OptionalLong all = Snapshot.growth(before.events().oom(), after.events().oom());
    return new Changes(
        kills,
        Snapshot.growth(before.events().oomGroupKill(), after.events().oomGroupKill()),
        Snapshot.growth(before.limitHits(), after.limitHits()),
        own.isPresent() && all.isPresent()
            ? OptionalLong.of(Math.max(0, all.getAsLong() - own.getAsLong()))
            : OptionalLong.empty(),
        above,
        systemOomKills,
        killedByOomd);
  }

  /**
   * v1 counts a hit of the box's limit also when the kernel could reclaim, and then kills for
   * another limit: that of a cgroup nested in the box, or above it.
   */
  private Changes withoutAmbiguousHits(Snapshot before, Snapshot after) {
    OptionalLong inBoxItself =
        Snapshot.growth(before.lineage().box().oomKills(), after.lineage().box().oomKills());
    return above.noneLimited() && inBoxItself.equals(oomKills)
        ? this
        : new Changes(
            oomKills,
            groupKills,
            OptionalLong.empty(),
            nestedLimitHits,
            above,
            systemOomKills,
            killedByOomd);
  }

  /**
   * Whether the box counted no kill, but one on the machine may have been in it: v1 forgets those
   * in a nested cgroup when that is removed, and who may, moves to another cgroup.
   */
  boolean mayHaveMissedKills() {
    return oomKills.orElse(1) == 0 && systemOomKills.orElse(0) > 0;
  }

  /** A kill in the box would have counted in each cgroup above, and those outlive the box. */
  private Changes withKillsRuledOutFromAbove() {
    boolean none =
        above.nearestFirst().stream().anyMatch(cgroup -> cgroup.oomKills().orElse(1) == 0);
    return new Changes(
        none ? OptionalLong.of(0) : oomKills,
        groupKills,
        limitHits,
        nestedLimitHits,
        above,
        systemOomKills,
        killedByOomd);
  }
}
