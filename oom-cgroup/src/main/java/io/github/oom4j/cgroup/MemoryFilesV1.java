package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.internal.Counters;
import io.github.oom4j.internal.PageSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The files of the cgroup v1 memory controller. */
final class MemoryFilesV1 implements MemoryFiles {

  /** Every cgroup of a v1 hierarchy with the memory controller has it. */
  static final String MARKER = "memory.usage_in_bytes";

  private static final String BOTH = "memory.memsw.usage_in_bytes";

  @Override
  public CgroupMemory memory(Path cgroup) {
    return new CgroupMemory(
        ByteSize.bytes(CgroupFile.number(cgroup, MARKER)),
        peak(cgroup),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        max(cgroup));
  }

  @Override
  public Limit max(Path cgroup) {
    return limit(cgroup, LimitsV1.MEMORY);
  }

  @Override
  public Optional<ByteSize> peak(Path cgroup) {
    return Optional.of(ByteSize.bytes(CgroupFile.number(cgroup, "memory.max_usage_in_bytes")));
  }

  @Override
  public MemoryStat stat(Path cgroup) {
    return MemoryStat.of(CgroupFile.counters(cgroup, "memory.stat"));
  }

  @Override
  public SwapUsage swap(Path cgroup) {
    if (Files.notExists(cgroup.resolve(BOTH)) && Files.exists(cgroup.resolve(MARKER))) {
      throw new UnsupportedKernelException(
          "could not read " + cgroup.resolve(BOTH) + ": no such file; boot with swapaccount=1");
    }
    ByteSize memory = ByteSize.bytes(CgroupFile.number(cgroup, MARKER));
    ByteSize both = ByteSize.bytes(CgroupFile.number(cgroup, BOTH));
    Limit max = limit(cgroup, LimitsV1.MEMORY);
    return new SwapUsage(
        both.minusOrZero(memory),
        difference(limitOfBoth(cgroup), max),
        Optional.empty(),
        Optional.empty(),
        SwapUsage.Events.UNKNOWN);
  }

  @Override
  public NumaStat numaStat(Path cgroup) {
    String file = "memory.numa_stat";
    return NumaStat.parseV1(
        CgroupFile.text(cgroup, file),
        cgroup.resolve(file).toString(),
        PageSize.read(Path.of("/proc")));
  }

  @Override
  public Ceiling max(List<Path> line) {
    return Ceiling.ofV1(line);
  }

  @Override
  public List<Path> above(Path cgroup) {
    return Ancestry.above(cgroup, MARKER);
  }

  @Override
  public void needV2(Path cgroup, String file, String instead) {
    if (Files.notExists(cgroup)) {
      throw CgroupFile.gone(cgroup, file, null);
    }
    throw MissingFile.inV1(cgroup, file, instead);
  }

  /** v1 prints a number near 2^63 for "none". */
  static Limit limit(long bytes) {
    return Limit.ofKibibytes(bytes >> 10).isNone() ? Limit.none() : Limit.of(ByteSize.bytes(bytes));
  }

  static Limit limit(Path cgroup, String name) {
    return limit(CgroupFile.number(cgroup, name));
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
    return events(cgroup, kills);
  }

  @Override
  public MemoryEvents localEvents(Path cgroup) {
    return events(cgroup, oomKills(cgroup));
  }

  private static MemoryEvents events(Path cgroup, OptionalLong kills) {
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

  /** As {@link #limitHits}, but empty where the peak alone does not tell when it was reached. */
  static OptionalLong certainHits(Path cgroup) {
    try {
      if (limit(cgroup, LimitsV1.MEMORY).isNone() && limitOfBoth(cgroup).isNone()) {
        return OptionalLong.of(0);
      }
      return reachedLimit(cgroup) ? OptionalLong.empty() : OptionalLong.of(failures(cgroup));
    } catch (OomException e) {
      return OptionalLong.empty();
    }
  }

  private static Limit limitOfBoth(Path cgroup) {
    String file = "memory.memsw.limit_in_bytes";
    return Files.exists(cgroup.resolve(file)) ? limit(cgroup, file) : Limit.none();
  }

  /**
   * Where memory and swap together are limited to the same as memory, only the limit of both is
   * ever hit, and recent kernels do not count that (seen on 6.18: failcnt 0 after a kill). A peak
   * that reached the limit tells it too.
   */
  @Override
  public OptionalLong limitHits(Path cgroup) {
    long failures = failures(cgroup);
    boolean reached = reachedLimit(cgroup);
    return OptionalLong.of(failures == 0 && reached ? 1 : failures);
  }

  private static boolean reachedLimit(Path cgroup) {
    return CgroupFile.number(cgroup, "memory.max_usage_in_bytes")
        >= CgroupFile.number(cgroup, "memory.limit_in_bytes");
  }
}
