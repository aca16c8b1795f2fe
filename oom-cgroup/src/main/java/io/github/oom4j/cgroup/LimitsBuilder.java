package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The part of {@link MemoryScope.Builder} that is about limits. A limit that can't be set where the
 * box is made fails the start with an {@link UnsupportedKernelException} that names it.
 */
abstract sealed class LimitsBuilder<B extends LimitsBuilder<B>> permits MemoryScope.Builder {

  private Optional<ByteSize> memoryMax = Optional.empty();
  private OptionalInt memoryMaxPercent = OptionalInt.empty();
  private Limit memoryHigh = Limit.none();
  private ByteSize memoryLow = ByteSize.ZERO;
  private ByteSize memoryMin = ByteSize.ZERO;
  private Limit swapMax = Limit.of(ByteSize.ZERO);
  private Limit zswapMax = Limit.none();
  private boolean oomGroup;
  private OptionalLong pidsMax = OptionalLong.empty();

  LimitsBuilder() {}

  abstract B self();

  ScopeLimits limits() {
    if (memoryMax.isEmpty() && memoryMaxPercent.isEmpty()) {
      throw new IllegalStateException("memoryMax is not set");
    }
    return new ScopeLimits(
        memoryMax,
        memoryMaxPercent,
        memoryHigh,
        memoryLow,
        memoryMin,
        swapMax,
        zswapMax,
        oomGroup,
        pidsMax);
  }

  /**
   * Sets the most memory that everything in the box may use together; more is answered by the OOM
   * killer. The kernel rounds it down to whole pages. ({@code memory.max}; on v1 {@code
   * memory.limit_in_bytes})
   *
   * @param size the limit: one page or more
   * @return this
   * @throws IllegalArgumentException if it is smaller
   */
  public B memoryMax(ByteSize size) {
    memoryMax = Optional.of(LimitRange.aPageOrMore("memoryMax", size));
    return self();
  }

  /**
   * Sets the most memory as a percentage of what binds where the box is made: the least of the
   * machine's RAM and the limits of the cgroups above the box, as far as they can be seen. It is
   * computed at each start; {@link ScopedProcess#cgroup()} tells the outcome. If {@link
   * #memoryMax(ByteSize)} is set too, the lower one holds.
   *
   * <p>With {@link ScopeBackend#CGROUPFS} the box is usually beside this JVM's own cgroup: a limit
   * of the JVM's own is then not above the box, and does not count.
   *
   * @param percent 1 to 100
   * @return this
   * @throws IllegalArgumentException if it is out of that range
   */
  public B memoryMaxPercent(int percent) {
    memoryMaxPercent = OptionalInt.of(LimitRange.percent("memoryMaxPercent", percent));
    return self();
  }

  /**
   * Sets the memory above which the box is slowed down and reclaimed from, but never killed. Set
   * below {@link #memoryMax(ByteSize)} it gives a command that can free memory the time to do so;
   * one that can't is slowed down almost to a halt. ({@code memory.high}, cgroup v2; the soft limit
   * of v1 is something else)
   *
   * @param size the limit: one page or more
   * @return this
   * @throws IllegalArgumentException if it is smaller
   */
  public B memoryHigh(ByteSize size) {
    memoryHigh = Limit.of(LimitRange.aPageOrMore("memoryHigh", size));
    return self();
  }

  /**
   * Sets how much of the box's memory is reclaimed only if there is nothing unprotected to reclaim.
   * Holds as far as the cgroups above the box are protected themselves. ({@code memory.low}, cgroup
   * v2)
   *
   * @param size the protected amount: zero, or one page or more
   * @return this
   * @throws IllegalArgumentException if it is something between
   */
  public B memoryLow(ByteSize size) {
    memoryLow = LimitRange.zeroOrMore("memoryLow", size);
    return self();
  }

  /**
   * Sets how much of the box's memory is never reclaimed, not even if the machine runs out of
   * memory; the OOM killer is called instead. Holds as far as the cgroups above the box are
   * protected themselves. ({@code memory.min}, cgroup v2, kernel 4.18)
   *
   * @param size the protected amount: zero, or one page or more
   * @return this
   * @throws IllegalArgumentException if it is something between
   */
  public B memoryMin(ByteSize size) {
    memoryMin = LimitRange.zeroOrMore("memoryMin", size);
    return self();
  }

  /**
   * Sets the most swap that everything in the box may use together. By default it is zero, so that
   * {@link #memoryMax(ByteSize)} means what it says.
   *
   * @param size the limit: zero, or one page or more
   * @return this
   * @throws IllegalArgumentException if it is something between
   */
  public B swapMax(ByteSize size) {
    return swapMax(Limit.of(size));
  }

  /**
   * Sets the most swap that everything in the box may use together, or none as limit. ({@code
   * memory.swap.max}; on v1 a part of {@code memory.memsw.limit_in_bytes})
   *
   * @param limit the limit: none, zero, or one page or more
   * @return this
   * @throws IllegalArgumentException if it is something between
   */
  public B swapMax(Limit limit) {
    swapMax = LimitRange.zeroOrMore("swapMax", limit);
    return self();
  }

  /**
   * Sets the most memory that compressed swap of the box may take; zero keeps its pages out of the
   * compressed pool. ({@code memory.zswap.max}, cgroup v2, kernel 5.19 built with zswap)
   *
   * @param limit the limit: none, zero, or one page or more
   * @return this
   * @throws IllegalArgumentException if it is something between
   */
  public B zswapMax(Limit limit) {
    zswapMax = LimitRange.zeroOrMore("zswapMax", limit);
    return self();
  }

  /**
   * Sets whether the OOM killer, when it takes one process of the box, takes them all, except those
   * with an {@code oom_score_adj} of -1000. The box's {@code oom_kill} then counts more than one.
   * ({@code memory.oom.group}, cgroup v2, kernel 4.19)
   *
   * @param whole true to kill all or nothing
   * @return this
   */
  public B oomGroup(boolean whole) {
    oomGroup = whole;
    return self();
  }

  /**
   * Sets the most processes and threads that the box may hold; starting more fails with EAGAIN.
   * That is no OOM kill. ({@code pids.max}, cgroup v2 with the pids controller)
   *
   * @param count the limit: 1 or more
   * @return this
   * @throws IllegalArgumentException if it is less
   */
  public B pidsMax(long count) {
    pidsMax = OptionalLong.of(LimitRange.pids(count));
    return self();
  }
}
