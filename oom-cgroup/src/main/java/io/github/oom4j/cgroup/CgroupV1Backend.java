package io.github.oom4j.cgroup;

import io.github.oom4j.DeniedException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.Guard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Boxes in the memory hierarchy of cgroup v1 (Documentation/admin-guide/cgroup-v1/memory.rst). */
final class CgroupV1Backend implements Backend {

  @Override
  public Path parent() {
    CgroupPaths.Place own = CgroupPaths.of("self").v1Memory();
    Path directory = own.directory();
    if (Files.notExists(directory.resolve(LimitsV1.MEMORY))) {
      throw new UnsupportedKernelException("no " + directory.resolve(LimitsV1.MEMORY));
    }
    if (own.mount().isReadOnly()) {
      throw new UnsupportedKernelException(own.mount().point() + " is mounted read-only");
    }
    if (!Files.isWritable(directory)) {
      throw new DeniedException(
          directory + " is not writable; run as root, or let root chown it to this user");
    }
    return directory;
  }

  @Override
  public Box make(String name, MemoryScope scope, Guard guard) {
    Path box = parent().resolve(name);
    guard.watch(box);
    BoxLimits.create(box);
    // Before 5.11 the parent may be set not to charge what is nested; a box must.
    LimitsV1.set(box, "memory.use_hierarchy", "1");
    // Inherited from the parent; if set, a box at its limit hangs instead of being killed.
    if (CgroupFile.counters(box, "memory.oom_control").get("oom_kill_disable").orElse(0) != 0) {
      CgroupFile.write(box, "memory.oom_control", "0", "");
    }
    LimitsV1.apply(box, scope);
    return new Box(box, Optional.empty());
  }
}
