package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.internal.Counters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The files of cgroup v2. */
final class MemoryFilesV2 implements MemoryFiles {

  @Override
  public CgroupMemory memory(Path cgroup) {
    if (Files.notExists(cgroup.resolve("memory.current")) && Files.isDirectory(cgroup)) {
      throw CgroupFile.missing(
          cgroup.resolve("memory.current"),
          "the root cgroup has none (MemInfo tells the machine's memory), nor has a cgroup whose"
              + " parent does not list memory in cgroup.subtree_control");
    }
    return new CgroupMemory(
        ByteSize.bytes(CgroupFile.number(cgroup, "memory.current")),
        CgroupFile.limit(cgroup, "memory.max"),
        size(cgroup, "memory.swap.current"),
        limit(cgroup, "memory.swap.max"),
        size(cgroup, "memory.peak"),
        CgroupFile.counters(cgroup, "memory.stat").asMap());
  }

  private static Optional<ByteSize> size(Path cgroup, String name) {
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
  public MemoryEvents events(Path cgroup) {
    return parse(CgroupFile.counters(cgroup, "memory.events"));
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
    String file =
        Files.exists(cgroup.resolve("memory.events.local"))
            ? "memory.events.local"
            : "memory.events";
    return CgroupFile.counters(cgroup, file).get("oom");
  }
}
