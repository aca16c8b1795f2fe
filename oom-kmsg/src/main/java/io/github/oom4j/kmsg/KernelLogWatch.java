package io.github.oom4j.kmsg;

import io.github.oom4j.OomException;
import java.util.Optional;

/**
 * A running watch of the kernel's log, started by {@link KernelLog#follow} or {@link
 * KernelLog#watch}. Close it to stop. Thread-safe.
 *
 * <p>All watches of a log share one daemon thread named {@code oom4j-kmsg}, which sleeps in the
 * kernel while the log is silent, without waking up.
 *
 * <p>A slow listener delays the others, and loses nothing silently: before each call, all records
 * that the kernel has are read, up to 1,024 calls or 4 MiB of records ahead. Only what the kernel
 * overwrites during one call, or while that bound is reached, is lost, and {@link #lost()} counts
 * it.
 */
public final class KernelLogWatch implements AutoCloseable {

  private final LogReader reader;
  private final Subscription subscription;

  private KernelLogWatch(LogReader reader, Subscription subscription) {
    this.reader = reader;
    this.subscription = subscription;
  }

  static KernelLogWatch start(LogReader reader, Subscription subscription) {
    reader.add(subscription);
    return new KernelLogWatch(reader, subscription);
  }

  /**
   * Where to go on after a restart, {@link KernelLogStart#at}, so that every kill is told at least
   * once: all before it has been told. Asked by the listener, it counts the kill that is being told
   * as done; asked by others, it does not yet. While a report is being read, it is the report's
   * beginning.
   *
   * @return the place
   */
  public KernelLogCursor cursor() {
    return subscription.cursor(reader.isCurrentThread());
  }

  /**
   * How many records the kernel has overwritten before this watch read them, since it began. {@link
   * KernelLogListener#onLost} tells when and where.
   *
   * @return the number, 0 or more
   */
  public long lost() {
    return subscription.lost();
  }

  /**
   * Why the watch ended by itself, if it did: reading the log failed.
   *
   * @return the failure; empty while the watch runs, and after {@link #close()}
   */
  public Optional<OomException> failure() {
    return subscription.failure();
  }

  /**
   * Stops the watch. No call of the listener begins after this has returned. Waits at most about 10
   * ms for one that goes on; otherwise the descriptor is closed when this returns, and, with the
   * last watch, the thread has ended. May be called from any thread, the listener's too, and more
   * than once.
   */
  @Override
  public void close() {
    subscription.end();
    reader.release(subscription);
  }
}
