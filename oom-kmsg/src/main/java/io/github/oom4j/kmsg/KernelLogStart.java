package io.github.oom4j.kmsg;

import java.time.Instant;

/**
 * Where a watch of the kernel's log begins. Immutable and thread-safe.
 *
 * <p>The kernel keeps only so much ({@code log_buf_len}, mostly 128 KiB to a few MiB): what is no
 * longer there when the watch begins is told to {@link KernelLogListener#onLost} where its amount
 * is known, that is for {@link #at} and {@link #sequence}.
 */
public sealed interface KernelLogStart {

  /**
   * From now on: only what is written after the watch has begun. To know the number of the next
   * record, which the kernel does not tell otherwise, it reads all that the log holds, once.
   *
   * @return that start
   */
  static KernelLogStart now() {
    return Now.NOW;
  }

  /**
   * From the oldest record that the kernel still has.
   *
   * @return that start
   */
  static KernelLogStart oldest() {
    return Oldest.OLDEST;
  }

  /**
   * From a record on.
   *
   * @param sequence its sequence number, 0 or more, of this boot; may be in the future
   * @return that start
   * @throws IllegalArgumentException if it is negative
   */
  static KernelLogStart sequence(long sequence) {
    return new Sequence(sequence);
  }

  /**
   * From a time on, as far as the printk clock allows to tell: it drifts, and stops in suspend.
   *
   * @param time the time
   * @return that start
   */
  static KernelLogStart since(Instant time) {
    return new Since(time);
  }

  /**
   * From where an earlier watch has stopped. If that was in another boot, or in a state of this
   * machine that it was later set back from (a snapshot), the watch begins with the oldest record,
   * and {@link KernelLogListener#onOtherBoot} is told so.
   *
   * @param cursor what {@link KernelLogWatch#cursor()} returned
   * @return that start
   */
  static KernelLogStart at(KernelLogCursor cursor) {
    return new At(cursor);
  }

  /** From now on. */
  enum Now implements KernelLogStart {
    /** The only one. */
    NOW
  }

  /** From the oldest record. */
  enum Oldest implements KernelLogStart {
    /** The only one. */
    OLDEST
  }

  /**
   * From a sequence number on.
   *
   * @param sequence the first record's number
   */
  record Sequence(long sequence) implements KernelLogStart {

    /**
     * Checks the number.
     *
     * @param sequence the component of that name
     * @throws IllegalArgumentException if it is negative
     */
    public Sequence {
      if (sequence < 0) {
        throw new IllegalArgumentException("a sequence number can't be negative: " + sequence);
      }
    }
  }

  /**
   * From a time on.
   *
   * @param time the time
   */
  record Since(Instant time) implements KernelLogStart {}

  /**
   * From a cursor on.
   *
   * @param cursor the place
   */
  record At(KernelLogCursor cursor) implements KernelLogStart {}
}
