package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.internal.Counters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The files of cgroup v2. */
final class MemoryFilesV2 implements MemoryFiles {

  /** Every cgroup of v2 has it. */
  static final String MARKER = "cgroup.controllers";

  private static final String LOCAL_EVENTS = "memory.events.local";

  @Override
  public CgroupMemory memory(Path cgroup) {
    return new CgroupMemory(
        ByteSize.bytes(CgroupFile.number(cgroup, "memory.current")),
        peak(cgroup),
        limit(cgroup, "memory.min"),
        limit(cgroup, "memory.low"),
        limit(cgroup, "memory.high"),
        max(cgroup));
  }

  @Override
  public Limit max(Path cgroup) {
    return CgroupFile.limit(cgroup, Knob.MEMORY_MAX.file());
  }

  @Override
  public Optional<ByteSize> peak(Path cgroup) {
    return size(cgroup, "memory.peak");
  }

  static Optional<ByteSize> size(Path cgroup, String name) {
    return Files.exists(cgroup.resolve(name))
        ? Optional.of(ByteSize.bytes(CgroupFile.number(cgroup, name)))
        : Optional.empty();
  }

  private static Optional<Limit> limit(Path cgroup, String name) {
    return Files.exists(cgroup.resolve(name))
        ? Optional.of(CgroupFile.limit(cgroup, name))
        : Optional.empty();
  }

  @Override
  public MemoryStat stat(Path cgroup) {
    return MemoryStat.of(CgroupFile.counters(cgroup, "memory.stat"));
  }

  @Override
  public MemoryEvents events(Path cgroup) {
    return parse(CgroupFile.counters(cgroup, "memory.events"));
  }

  @Override
  public MemoryEvents localEvents(Path cgroup) {
    return parse(CgroupFile.counters(cgroup, LOCAL_EVENTS));
  }

  static MemoryEvents parse(Counters lines) {
    return new MemoryEvents(
        lines.get("low"),
        lines.get("high"),
        lines.get("max"),
        lines.get("oom"),
        lines.get("oom_kill"),
        lines.get("oom_group_kill"));
  }

  @Override
  public OptionalLong limitHits(Path cgroup) {
    // Without .local (about 5.3) a nested cgroup's own limit can't be told from this one's.
    String file = Files.exists(cgroup.resolve(LOCAL_EVENTS)) ? LOCAL_EVENTS : "memory.events";
    return CgroupFile.counters(cgroup, file).get("oom");
  }

  @Override
  public SwapUsage swap(Path cgroup) {
    return new SwapUsage(
        ByteSize.bytes(CgroupFile.number(cgroup, "memory.swap.current")),
        CgroupFile.limit(cgroup, "memory.swap.max"),
        limit(cgroup, "memory.swap.high"),
        size(cgroup, "memory.swap.peak"),
        swapEvents(cgroup));
  }

  private static SwapUsage.Events swapEvents(Path cgroup) {
    String file = "memory.swap.events";
    if (Files.notExists(cgroup.resolve(file))) {
      return SwapUsage.Events.UNKNOWN;
    }
    Counters lines = CgroupFile.counters(cgroup, file);
    return new SwapUsage.Events(lines.get("high"), lines.get("max"), lines.get("fail"));
  }

  @Override
  public NumaStat numaStat(Path cgroup) {
    String file = "memory.numa_stat";
    return NumaStat.parse(CgroupFile.text(cgroup, file), cgroup.resolve(file).toString());
  }

  @Override
  public Ceiling max(List<Path> line) {
    return Ceiling.ofV2(line, Knob.MEMORY_MAX.file());
  }

  @Override
  public List<Path> above(Path cgroup) {
    return Ancestry.above(cgroup, MARKER);
  }

  @Override
  public void needV2(Path cgroup, String file, String instead) {
    // It is.
  }
}
