package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.internal.Counters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The files of the cgroup v1 memory controller. */
final class MemoryFilesV1 implements MemoryFiles {

  @Override
  public CgroupMemory memory(Path cgroup) {
    ByteSize current = ByteSize.bytes(CgroupFile.number(cgroup, "memory.usage_in_bytes"));
    Limit max = limit(cgroup, "memory.limit_in_bytes");
    boolean swapCounted = Files.exists(cgroup.resolve("memory.memsw.usage_in_bytes"));
    return new CgroupMemory(
        current,
        max,
        swapCounted
            ? Optional.of(
                ByteSize.bytes(CgroupFile.number(cgroup, "memory.memsw.usage_in_bytes"))
                    .minusOrZero(current))
            : Optional.empty(),
        swapCounted
            ? Optional.of(difference(limit(cgroup, "memory.memsw.limit_in_bytes"), max))
            : Optional.empty(),
        Optional.of(ByteSize.bytes(CgroupFile.number(cgroup, "memory.max_usage_in_bytes"))),
        CgroupFile.counters(cgroup, "memory.stat").asMap());
  }

  /** v1 prints a number near 2^63 for "none". */
  static Limit limit(Path cgroup, String name) {
    return Limit.ofKibibytes(CgroupFile.number(cgroup, name) >> 10)
        .size()
        .map(rounded -> Limit.of(ByteSize.bytes(CgroupFile.number(cgroup, name))))
        .orElse(Limit.none());
  }

  private static Limit difference(Limit both, Limit memory) {
    return both.isNone() || memory.isNone()
        ? Limit.none()
        : Limit.of(both.size().orElseThrow().minusOrZero(memory.size().orElseThrow()));
  }

  @Override
  public MemoryEvents events(Path cgroup) {
    OptionalLong kills = oomKills(cgroup);
    if (kills.isPresent()) {
      // v1 counts a kill in the victim's own cgroup alone.
      long nested =
          new CgroupTree(cgroup)
              .nested().stream().mapToLong(MemoryFilesV1::oomKillsIfStillThere).sum();
      kills = OptionalLong.of(kills.getAsLong() + nested);
    }
    return new MemoryEvents(
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.of(failures(cgroup)),
        OptionalLong.empty(),
        kills,
        OptionalLong.empty());
  }

  private static OptionalLong oomKills(Path cgroup) {
    Counters control = CgroupFile.counters(cgroup, "memory.oom_control");
    return control.get("oom_kill"); // 4.13
  }

  private static long oomKillsIfStillThere(Path nested) {
    try {
      return oomKills(nested).orElse(0);
    } catch (OomException e) {
      return 0;
    }
  }

  private static long failures(Path cgroup) {
    long memory = CgroupFile.number(cgroup, "memory.failcnt");
    String both = "memory.memsw.failcnt";
    return Files.exists(cgroup.resolve(both)) ? memory + CgroupFile.number(cgroup, both) : memory;
  }

  /**
   * Where memory and swap together are limited to the same as memory, only the limit of both is
   * ever hit, and recent kernels do not count that (seen on 6.18: failcnt 0 after a kill). A peak
   * that reached the limit tells it too.
   */
  @Override
  public OptionalLong limitHits(Path cgroup) {
    long failures = failures(cgroup);
    long peak = CgroupFile.number(cgroup, "memory.max_usage_in_bytes");
    boolean reached = peak >= CgroupFile.number(cgroup, "memory.limit_in_bytes");
    return OptionalLong.of(failures == 0 && reached ? 1 : failures);
  }
}
