package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sets limits of a cgroup v1 and reads each back. */
final class LimitsV1 {

  static final String MEMORY = "memory.limit_in_bytes";
  private static final String MEMORY_AND_SWAP = "memory.memsw.limit_in_bytes";

  private LimitsV1() {}

  /**
   * Sets all limits of an empty cgroup.
   *
   * @throws OomException if one of them can't be set
   * @throws IllegalArgumentException if one is below a page of this kernel
   */
  static void apply(Path box, MemoryScope scope) {
    ScopeLimits limits = scope.limits();
    refuseThoseOfV2(box, limits);
    ByteSize max = limits.memoryMaxUnder(() -> Ceiling.above(box, MemInfo.read().total()));
    // In this order: the limit of both together is never below that of memory.
    limit(box, MEMORY, max);
    if (Files.exists(box.resolve(MEMORY_AND_SWAP))) {
      both(box, max, limits.swapMax());
    } else {
      BoxLimits.withoutSwapLimit(box.resolve(MEMORY_AND_SWAP), limits.swapMax());
    }
  }

  private static void refuseThoseOfV2(Path box, ScopeLimits limits) {
    refuse(box, Knob.MEMORY_HIGH, !limits.memoryHigh().isNone());
    refuse(box, Knob.MEMORY_LOW, limits.memoryLow().bytes() > 0);
    refuse(box, Knob.MEMORY_MIN, limits.memoryMin().bytes() > 0);
    refuse(box, Knob.ZSWAP_MAX, !limits.zswapMax().isNone());
    refuse(box, Knob.OOM_GROUP, limits.oomGroup());
    refuse(box, Knob.PIDS_MAX, limits.pidsMax().isPresent());
  }

  private static void refuse(Path box, Knob knob, boolean wanted) {
    if (wanted) {
      throw unsupported(box, knob);
    }
  }

  /** The refusal of what v1 has no equivalent of. */
  static UnsupportedKernelException unsupported(Path box, Knob knob) {
    return knob.unsupported(box + " is a cgroup v1, which has no equivalent");
  }

  /** Changes the limit of memory and leaves that of swap as it is. */
  static void memoryMax(Path box, ByteSize size) {
    Limit before = MemoryFilesV1.limit(box, MEMORY);
    Limit swap =
        Files.exists(box.resolve(MEMORY_AND_SWAP))
            ? new MemoryFilesV1().swap(box).max()
            : Limit.none();
    boolean raised = before.min(Limit.of(size)).equals(before);
    if (raised) {
      both(box, size, swap);
      limit(box, MEMORY, size);
      return;
    }
    limit(box, MEMORY, size);
    try {
      both(box, size, swap);
    } catch (OomException e) {
      limit(box, MEMORY, before.size().orElseThrow());
      throw e;
    }
  }

  /** Changes the limit of swap and leaves that of memory as it is. */
  static void swapMax(Path box, Limit swap) {
    if (Files.exists(box.resolve(MEMORY_AND_SWAP))) {
      both(box, ByteSize.bytes(CgroupFile.number(box, MEMORY)), swap);
    } else {
      BoxLimits.withoutSwapLimit(box.resolve(MEMORY_AND_SWAP), swap);
    }
  }

  private static void both(Path box, ByteSize memory, Limit swap) {
    if (swap.isNone()) {
      set(box, MEMORY_AND_SWAP, "-1");
    } else {
      long room = Long.MAX_VALUE - memory.bytes();
      long more = Math.min(swap.size().orElseThrow().bytes(), room);
      limit(box, MEMORY_AND_SWAP, ByteSize.bytes(memory.bytes() + more));
    }
  }

  /** Writes to a file that not every kernel has. */
  static void set(Path box, String file, String value) {
    if (Files.exists(box.resolve(file)) && !CgroupFile.text(box, file).equals(value)) {
      CgroupFile.write(box, file, value, "");
    }
  }

  private static void limit(Path box, String file, ByteSize size) {
    // Unlike v2, where the box uses more and nothing can be reclaimed: EBUSY, and no kill.
    CgroupFile.write(box, file, Long.toString(size.bytes()), "");
    BoxLimits.verify(box, file, size, MemoryFilesV1.limit(box, file));
  }
}
