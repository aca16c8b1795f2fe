package io.github.oom4j;

import java.util.List;
import java.util.OptionalLong;

/**
 * What the counters of the cgroups above a box did while its command ran. Immutable.
 *
 * <p>They are shared with everything else below the same cgroup. So a limit that was hit above the
 * box explains a kill in the box only as far as nobody else was killed below that cgroup.
 *
 * @param nearestFirst the cgroups from the box's parent upwards, as far as they are visible
 * @param complete whether they reach up to the root of the hierarchy; a cgroup namespace or a
 *     container's mount hides the upper ones
 */
public record CgroupsAbove(List<Growth> nearestFirst, boolean complete) {

  /** Nothing is known, as of a process without a box. */
  public static final CgroupsAbove UNKNOWN = new CgroupsAbove(List.of(), false);

  /**
   * Copies what is mutable.
   *
   * @param nearestFirst the component of that name
   * @param complete the component of that name
   */
  public CgroupsAbove {
    nearestFirst = List.copyOf(nearestFirst);
  }

  /**
   * By how much the counters of one cgroup grew; empty if unknown at either moment.
   *
   * @param cgroup its path, as {@code /proc/PID/cgroup} would name it
   * @param limitHits how often this very cgroup stood at its own limit: {@code oom} of {@code
   *     memory.events.local}, since about 5.3; cgroup v1: {@code memory.failcnt}, as long as the
   *     peak is below the limit
   * @param oomKills OOM kills in it and below it, for whatever limit: {@code oom_kill} of {@code
   *     memory.events}, since 4.13
   */
  public record Growth(String cgroup, OptionalLong limitHits, OptionalLong oomKills) {

    private boolean isLimited() {
      return limitHits.orElse(0) > 0;
    }
  }

  /**
   * The cgroups that hit their own limit.
   *
   * @return those, nearest first; each may have done so for the box or for a neighbour of it
   */
  public List<Growth> limited() {
    return nearestFirst.stream().filter(Growth::isLimited).toList();
  }

  /** Those that hit their limit, and below which nothing but the box lost processes. */
  List<Growth> limitedForBoxAlone(OptionalLong oomKillsOfBox) {
    return limited().stream()
        .filter(cgroup -> cgroup.oomKills().isPresent() && cgroup.oomKills().equals(oomKillsOfBox))
        .toList();
  }

  /**
   * Whether surely none, visible or not, hit its own limit.
   *
   * @return false also if it is not known of one
   */
  public boolean noneLimited() {
    return complete
        && nearestFirst.stream()
            .allMatch(cgroup -> cgroup.limitHits().isPresent() && !cgroup.isLimited());
  }
}
