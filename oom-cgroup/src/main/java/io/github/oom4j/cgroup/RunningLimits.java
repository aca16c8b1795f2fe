package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.DeniedException;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The limits of a running box, to be changed. Each method writes one limit and reads it back; what
 * each means is told by {@link MemoryScope.Builder}. What holds now is told by {@link
 * Cgroup#memory()}. Thread-safe.
 *
 * <p>All methods throw an {@link OomException} if the limit can't be set: {@link
 * UnsupportedKernelException} if this kernel, or cgroup v1, has no such limit, {@link
 * DeniedException} if this process may not change it, {@link io.github.oom4j.CgroupGoneException}
 * if the box is gone.
 */
public final class RunningLimits {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path box;
  private final boolean v1;

  RunningLimits(Path box, boolean v1) {
    this.box = box;
    this.v1 = v1;
  }

  /**
   * Raises or lowers the most memory that everything in the box may use together, without a kill:
   * if the box uses more than that, the kernel is asked to reclaim the rest (on cgroup v2 since
   * 5.19), and if that is not enough, nothing is changed. The box runs on meanwhile: what it
   * allocates in the instant between may still meet the new limit as any allocation does.
   *
   * @param size the limit: one page or more
   * @throws IllegalArgumentException if it is smaller
   * @throws IllegalStateException if the box uses more than that; the limit is as it was
   */
  public synchronized void memoryMax(ByteSize size) {
    LimitRange.aPageOrMore("memoryMax", size);
    CgroupFile.need(box, "set memoryMax");
    if (v1) {
      memoryMaxV1(size);
      return;
    }
    ByteSize surplus = used().minusOrZero(size);
    if (surplus.bytes() > 0 && Knob.RECLAIM.isIn(box)) {
      new BoxControl(box).reclaim(surplus);
    }
    if (used().compareTo(size) > 0) {
      throw usesMore(size);
    }
    set(Knob.MEMORY_MAX, Limit.of(size), PATIENCE);
  }

  private void memoryMaxV1(ByteSize size) {
    try {
      LimitsV1.memoryMax(box, size);
    } catch (OomException e) {
      if (used().compareTo(size) > 0) {
        throw (IllegalStateException) usesMore(size).initCause(e);
      }
      throw e;
    }
  }

  private ByteSize used() {
    return Cgroup.at(box).memory().current();
  }

  private IllegalStateException usesMore(ByteSize size) {
    return new IllegalStateException(
        ("the box %s uses %s, and not enough of it could be reclaimed for a memoryMax of %s;"
                + " nothing was changed")
            .formatted(box, used(), size));
  }

  /**
   * Sets the most memory that everything in the box may use together, whatever it uses now: the
   * kernel reclaims, and if that is not enough kills, until the box is within the limit. Such a
   * kill is judged like any other OOM kill at the box's own limit. The limit holds at once, also if
   * the kernel is not done in time. Only with cgroup v2: the kernel of v1 refuses instead.
   *
   * @param size the limit: one page or more
   * @param patience how long to wait for the kernel at most
   * @return true if the kernel was done, false if it was told to leave it at that because the time
   *     was up; it goes on when the box next allocates
   * @throws IllegalArgumentException if the limit is smaller
   */
  public synchronized boolean memoryMaxOrKill(ByteSize size, Duration patience) {
    LimitRange.aPageOrMore("memoryMax", size);
    refuseV1(Knob.MEMORY_MAX);
    return set(Knob.MEMORY_MAX, Limit.of(size), patience);
  }

  /**
   * Sets the memory above which the box is throttled. If the box uses more than that, the kernel
   * reclaims what it can, for ten seconds at most before this method returns; nothing is killed.
   *
   * @param limit the limit: none, or one page or more
   * @throws IllegalArgumentException if it is smaller
   */
  public synchronized void memoryHigh(Limit limit) {
    LimitRange.aPageOrMore("memoryHigh", limit);
    refuseV1(Knob.MEMORY_HIGH);
    set(Knob.MEMORY_HIGH, limit, PATIENCE);
  }

  /**
   * Sets the memory that is reclaimed only if nothing unprotected is left.
   *
   * @param size the protected amount: zero, or one page or more
   * @throws IllegalArgumentException if it is something between
   */
  public synchronized void memoryLow(ByteSize size) {
    size(Knob.MEMORY_LOW, Limit.of(LimitRange.zeroOrMore("memoryLow", size)));
  }

  /**
   * Sets the memory that is never reclaimed.
   *
   * @param size the protected amount: zero, or one page or more
   * @throws IllegalArgumentException if it is something between
   */
  public synchronized void memoryMin(ByteSize size) {
    size(Knob.MEMORY_MIN, Limit.of(LimitRange.zeroOrMore("memoryMin", size)));
  }

  /**
   * Sets the most swap. What is swapped out beyond it stays there (v1: is refused).
   *
   * @param limit the limit: none, zero, or one page or more
   * @throws IllegalArgumentException if it is something between
   */
  public synchronized void swapMax(Limit limit) {
    LimitRange.zeroOrMore("swapMax", limit);
    CgroupFile.need(box, "set swapMax");
    if (v1) {
      LimitsV1.swapMax(box, limit);
    } else if (Knob.SWAP_MAX.isIn(box)) {
      size(Knob.SWAP_MAX, limit);
    } else {
      BoxLimits.withoutSwapLimit(box.resolve(Knob.SWAP_MAX.file()), limit);
    }
  }

  /**
   * Sets the most memory that compressed swap may take.
   *
   * @param limit the limit: none, zero, or one page or more
   * @throws IllegalArgumentException if it is something between
   */
  public synchronized void zswapMax(Limit limit) {
    size(Knob.ZSWAP_MAX, LimitRange.zeroOrMore("zswapMax", limit));
  }

  /**
   * Sets whether an OOM kill takes the whole box.
   *
   * @param whole true to kill all or nothing
   */
  public synchronized void oomGroup(boolean whole) {
    refuseV1(Knob.OOM_GROUP);
    LimitsV2.number(box, Knob.OOM_GROUP, whole ? 1 : 0);
  }

  /**
   * Sets the most processes and threads. Those beyond it stay. The cgroup above must already hand
   * the pids controller down, as it does if the box was started with {@link
   * MemoryScope.Builder#pidsMax(long)}.
   *
   * @param count the limit: 1 or more
   * @throws IllegalArgumentException if it is less
   */
  public synchronized void pidsMax(long count) {
    LimitRange.pids(count);
    refuseV1(Knob.PIDS_MAX);
    LimitsV2.number(box, Knob.PIDS_MAX, count);
  }

  private void size(Knob knob, Limit limit) {
    refuseV1(knob);
    LimitsV2.size(box, knob, limit);
  }

  private boolean set(Knob knob, Limit limit, Duration patience) {
    Path file = knob.in(box);
    Limit before = CgroupFile.limit(box, knob.file());
    boolean done =
        PatientWrite.write(
            file,
            LimitsV2.value(limit),
            patience,
            () -> !CgroupFile.limit(box, knob.file()).equals(before));
    LimitsV2.verify(box, knob, limit);
    return done;
  }

  private void refuseV1(Knob knob) {
    if (v1) {
      throw LimitsV1.unsupported(box, knob);
    }
  }

  /** The box. */
  @Override
  public String toString() {
    return "RunningLimits[" + box + "]";
  }
}
