package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import java.nio.file.Path;

/** Sets limits of a cgroup v2 and reads each back. */
final class LimitsV2 {

  private LimitsV2() {}

  /**
   * Sets all limits of an empty cgroup whose parent hands memory down, and pids if that is wanted.
   *
   * @throws io.github.oom4j.OomException if one of them can't be set
   * @throws IllegalArgumentException if one is below a page of this kernel
   */
  static void apply(Path box, MemoryScope scope) {
    ScopeLimits limits = scope.limits();
    ByteSize max = limits.memoryMaxUnder(() -> Ceiling.above(box, MemInfo.read().total()));
    size(box, Knob.MEMORY_MAX, Limit.of(max));
    if (Knob.SWAP_MAX.isIn(box)) {
      size(box, Knob.SWAP_MAX, limits.swapMax());
    } else {
      BoxLimits.withoutSwapLimit(box.resolve(Knob.SWAP_MAX.file()), limits.swapMax());
    }
    // What a new cgroup has anyway is not written: the kernel need not have the file.
    if (!limits.memoryHigh().isNone()) {
      size(box, Knob.MEMORY_HIGH, limits.memoryHigh());
    }
    if (limits.memoryLow().bytes() > 0) {
      size(box, Knob.MEMORY_LOW, Limit.of(limits.memoryLow()));
    }
    if (limits.memoryMin().bytes() > 0) {
      size(box, Knob.MEMORY_MIN, Limit.of(limits.memoryMin()));
    }
    if (!limits.zswapMax().isNone()) {
      size(box, Knob.ZSWAP_MAX, limits.zswapMax());
    }
    if (limits.oomGroup()) {
      number(box, Knob.OOM_GROUP, 1);
    }
    limits.pidsMax().ifPresent(count -> number(box, Knob.PIDS_MAX, count));
  }

  /** Sets a limit on memory. May block where the box uses more: see {@link PatientWrite}. */
  static void size(Path box, Knob knob, Limit limit) {
    knob.write(box, value(limit));
    verify(box, knob, limit);
  }

  static void verify(Path box, Knob knob, Limit limit) {
    BoxLimits.verify(
        box,
        knob.file(),
        limit.size().orElse(ByteSize.bytes(Long.MAX_VALUE)),
        CgroupFile.limit(box, knob.file()));
  }

  static String value(Limit limit) {
    return limit.size().map(size -> Long.toString(size.bytes())).orElse("max");
  }

  /** Sets a number that the kernel does not round. */
  static void number(Path box, Knob knob, long number) {
    String value = Long.toString(number);
    knob.write(box, value);
    String actual = CgroupFile.text(box, knob.file());
    if (!actual.equals(value)) {
      throw new KernelIoException(
          "wrote " + value + " to " + knob.in(box) + ", but it reads " + actual);
    }
  }
}
