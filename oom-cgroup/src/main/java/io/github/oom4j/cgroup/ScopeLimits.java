package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The limits that a box is to have, as they were asked for; {@link MemoryScope.Builder} says what
 * each means. What was not asked for is as in any new cgroup, except swap. Immutable.
 *
 * @param memoryMax the most memory, or empty if only a percentage was asked for
 * @param memoryMaxPercent the most memory as a percentage of what binds where the box is made, 1 to
 *     100; empty if only a size was asked for
 * @param memoryHigh the memory above which the box is throttled, by default none
 * @param memoryLow the memory that is reclaimed only if nothing unprotected is left, by default
 *     zero
 * @param memoryMin the memory that is never reclaimed, by default zero
 * @param swapMax the most swap, by default zero
 * @param zswapMax the most memory for compressed swap, by default none as limit
 * @param oomGroup whether an OOM kill takes the whole box, by default not
 * @param pidsMax the most processes and threads; empty for none as limit
 */
public record ScopeLimits(
    Optional<ByteSize> memoryMax,
    OptionalInt memoryMaxPercent,
    Limit memoryHigh,
    ByteSize memoryLow,
    ByteSize memoryMin,
    Limit swapMax,
    Limit zswapMax,
    boolean oomGroup,
    OptionalLong pidsMax) {

  /** The limit in bytes, where the percentage is one of that ceiling; the lower if both are set. */
  ByteSize memoryMaxUnder(Supplier<ByteSize> ceiling) {
    Limit size = new Limit(memoryMax);
    if (memoryMaxPercent.isPresent()) {
      long bytes = ceiling.get().bytes();
      int percent = memoryMaxPercent.getAsInt();
      // So that it can't overflow, and loses nothing.
      long part = bytes / 100 * percent + bytes % 100 * percent / 100;
      size = size.min(Limit.of(ByteSize.bytes(part)));
    }
    return size.size().orElseThrow();
  }

  /** What was asked for, such as {@code ScopeLimits[memoryMax=64Mi, swapMax=0B]}. */
  @Override
  public String toString() {
    return "ScopeLimits[" + words() + "]";
  }

  String words() {
    List<String> words = new ArrayList<>();
    memoryMax.ifPresent(size -> words.add("memoryMax=" + size));
    memoryMaxPercent.ifPresent(percent -> words.add("memoryMax=" + percent + "%"));
    if (!memoryHigh.isNone()) {
      words.add("memoryHigh=" + memoryHigh);
    }
    if (memoryLow.bytes() > 0) {
      words.add("memoryLow=" + memoryLow);
    }
    if (memoryMin.bytes() > 0) {
      words.add("memoryMin=" + memoryMin);
    }
    words.add("swapMax=" + swapMax);
    if (!zswapMax.isNone()) {
      words.add("zswapMax=" + zswapMax);
    }
    if (oomGroup) {
      words.add("oomGroup");
    }
    pidsMax.ifPresent(count -> words.add("pidsMax=" + count));
    return String.join(", ", words);
  }
}
