package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.DeniedException;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.Guard;
import java.nio.file.Files;
import java.nio.file.Path;

/** Boxes in the memory hierarchy of cgroup v1 (Documentation/admin-guide/cgroup-v1/memory.rst). */
final class CgroupV1Backend implements Backend {

  private static final String MEMORY = "memory.limit_in_bytes";
  private static final String MEMORY_AND_SWAP = "memory.memsw.limit_in_bytes";

  @Override
  public Path parent() {
    CgroupPaths.Place own = CgroupPaths.of("self").v1Memory();
    Path directory = own.directory();
    if (Files.notExists(directory.resolve(MEMORY))) {
      throw new UnsupportedKernelException("no " + directory.resolve(MEMORY));
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
    set(box, "memory.use_hierarchy", "1");
    // Inherited from the parent; if set, a box at its limit hangs instead of being killed.
    if (CgroupFile.counters(box, "memory.oom_control").get("oom_kill_disable").orElse(0) != 0) {
      CgroupFile.write(box, "memory.oom_control", "0", "");
    }
    ByteSize memory = scope.memoryMax();
    // In this order: the limit of both together is never below that of memory.
    limit(box, MEMORY, memory);
    if (Files.notExists(box.resolve(MEMORY_AND_SWAP))) {
      BoxLimits.withoutSwapLimit(box.resolve(MEMORY_AND_SWAP), scope.swapMax());
    } else if (!scope.swapMax().isNone()) {
      long swap = scope.swapMax().size().orElseThrow().bytes();
      long room = Long.MAX_VALUE - memory.bytes();
      limit(box, MEMORY_AND_SWAP, ByteSize.bytes(memory.bytes() + Math.min(swap, room)));
    }
    return new Box.Plain(box);
  }

  private static void set(Path box, String file, String value) {
    if (Files.exists(box.resolve(file)) && !CgroupFile.text(box, file).equals(value)) {
      CgroupFile.write(box, file, value, "");
    }
  }

  private static void limit(Path box, String file, ByteSize size) {
    CgroupFile.write(box, file, Long.toString(size.bytes()), "");
    Limit actual = MemoryFilesV1.limit(box, file);
    BoxLimits.verify(box, file, size, actual);
  }
}
