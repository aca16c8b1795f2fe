package io.github.oom4j.cgroup;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What the memory controller says about a cgroup, in the files of one version. Every method reads
 * now and throws an {@link io.github.oom4j.OomException} if the cgroup is gone or unreadable.
 */
interface MemoryFiles {

  CgroupMemory memory(Path cgroup);

  /** With everything nested in it. */
  MemoryEvents events(Path cgroup);

  /** How often this very cgroup stood at its own limit with nothing left to reclaim. */
  OptionalLong limitHits(Path cgroup);
}
