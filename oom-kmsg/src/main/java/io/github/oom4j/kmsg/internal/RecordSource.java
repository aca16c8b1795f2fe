package io.github.oom4j.kmsg.internal;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * Where records come from, one at a time: the device, or a file that stands in for it. Used by one
 * thread at a time.
 */
public interface RecordSource extends AutoCloseable {

  /** What {@link #read} returns when there is no record now. */
  int DRAINED = 0;

  /** What {@link #read} returns when the kernel has overwritten records before they were read. */
  int LOST = -1;

  /**
   * Reads the next record without waiting.
   *
   * @param buffer takes its bytes
   * @return how many bytes it has, or {@link #DRAINED}, or {@link #LOST}
   * @throws io.github.oom4j.OomException if reading fails otherwise
   */
  int read(byte[] buffer);

  /** Goes back to the oldest record. */
  void seekToStart();

  /**
   * The boot that the records are of.
   *
   * @return the kernel's boot_id
   */
  UUID bootId();

  /**
   * {@code CLOCK_MONOTONIC} now, which the printk clock is close to.
   *
   * @return the time in microseconds; empty if the records are not those of the running kernel
   */
  OptionalLong monotonicMicros();

  /**
   * Something to wait with for records of this kind of source.
   *
   * @return a new one, open
   * @throws io.github.oom4j.OomException if it can't be had
   */
  RecordWait newWait();

  @Override
  void close();
}
