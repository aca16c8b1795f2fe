package io.github.oom4j.kmsg.internal;

/**
 * Where records come from, one at a time: the device, or a file that stands in for it. Used by one
 * thread, but for {@link #wakeUp()}.
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

  /**
   * Waits for a record.
   *
   * @param timeoutMillis how long to wait at most; -1 for ever
   * @return false if the time has passed; true if there may be one, or after a wake-up
   */
  boolean await(int timeoutMillis);

  /** Ends a wait, now or the next. Any thread may call it, also after the source is closed. */
  void wakeUp();

  @Override
  void close();
}
