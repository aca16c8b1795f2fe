package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the memory controller says about a cgroup, in the files of one version. Every method reads
 * now and throws an {@link io.github.oom4j.OomException} if the cgroup is gone or unreadable, or
 * has no such file.
 */
interface MemoryFiles {

  CgroupMemory memory(Path cgroup);

  /** Its own limit. */
  Limit max(Path cgroup);

  /** The most it ever used, where this kernel tells. */
  Optional<ByteSize> peak(Path cgroup);

  MemoryStat stat(Path cgroup);

  /** With everything nested in it. */
  MemoryEvents events(Path cgroup);

  /** Of this very cgroup alone. */
  MemoryEvents localEvents(Path cgroup);

  /** How often this very cgroup stood at its own limit with nothing left to reclaim. */
  OptionalLong limitHits(Path cgroup);

  SwapUsage swap(Path cgroup);

  NumaStat numaStat(Path cgroup);

  /** The tightest {@code memory.max} of some cgroups, given from below upwards. */
  Ceiling max(List<Path> line);

  /** The cgroups above it, the parent first. */
  List<Path> above(Path cgroup);

  /**
   * Refuses what only v2 has.
   *
   * @throws UnsupportedKernelException if this is v1; it names the file, and says what there is
   *     instead
   */
  void needV2(Path cgroup, String file, String instead);
}
