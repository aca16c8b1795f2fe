package io.github.oom4j.cgroup;

import java.util.OptionalLong;

/**
 * How often a cgroup, with everything nested in it, met its limits since it was made: {@code
 * memory.events} of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). On v1 only {@link #max()}
 * and {@link #oomKill()} have an equivalent. A line that this kernel does not print is empty.
 * Immutable.
 *
 * @param low {@code low}: reclaimed from although below {@code memory.low}
 * @param high {@code high}: throttled above {@code memory.high}
 * @param max {@code max}: stopped at the limit and made to reclaim, which is not an OOM yet; on v1
 *     {@code memory.failcnt} plus {@code memory.memsw.failcnt}, which recent kernels leave at 0
 * @param oom {@code oom}: an allocation was about to fail at the limit; often a kill follows, not
 *     always
 * @param oomKill {@code oom_kill}: processes killed by any OOM killer of the kernel, also for an
 *     ancestor's limit or the whole machine; since 4.13. A group kill counts more than there were
 *     processes
 * @param oomGroupKill {@code oom_group_kill}: times the whole group was killed; since 5.17
 */
public record MemoryEvents(
    OptionalLong low,
    OptionalLong high,
    OptionalLong max,
    OptionalLong oom,
    OptionalLong oomKill,
    OptionalLong oomGroupKill) {

  /** Nothing is known, as of a cgroup that is gone. */
  static final MemoryEvents UNKNOWN =
      new MemoryEvents(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());
}
