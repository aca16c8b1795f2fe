package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.events.Watch;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A listener that is called when the kernel tells of a change, from the call that made this until
 * it ends: by {@link #close()}, or by itself when the cgroup is removed. Thread-safe.
 *
 * <p>All listeners of a JVM are called by one daemon thread, {@code oom4j-events}, one after the
 * other. It starts with the first subscription, ends with the last, and sleeps in the kernel
 * meanwhile. A listener that takes long keeps the others waiting, so hand work over: {@code change
 * -> executor.execute(() -> handle(change))}. Nothing is lost by that: what happens meanwhile is
 * told in one call afterwards, with the state as it then is. What a listener throws is logged to
 * {@link System.Logger} at DEBUG, and ends nothing.
 *
 * <p>Each holds one file descriptor. Where JNA can't load (musl, a temporary directory mounted
 * noexec), events are still told, by {@link java.nio.file.WatchService}, which costs a thread more,
 * one wake-up a second, and up to a second until a removal is told; pressure is not.
 */
public final class EventSubscription implements AutoCloseable {

  /** How a subscription ended. */
  public enum End {
    /** By {@link EventSubscription#close()}. */
    CLOSED,
    /**
     * The cgroup was removed; or, for pressure, {@code cgroup.pressure} was set to 0. Its events
     * that were not told by then are lost with it.
     */
    REMOVED,
    /** By what {@link EventSubscription#failure()} tells. */
    FAILED
  }

  private final Path file;
  private final Watch<?> watch;

  EventSubscription(Path file, Watch<?> watch) {
    this.file = file;
    this.watch = watch;
  }

  /**
   * Whether it has not ended yet.
   *
   * @return true until {@link #onEnd()} is completed
   */
  public boolean isOpen() {
    return !watch.ended().isDone();
  }

  /**
   * The end of this subscription. It is completed by the thread that calls the listeners, after the
   * last call, when the descriptor is closed.
   *
   * @return a new future; cancelling it does not end the subscription
   */
  public CompletableFuture<End> onEnd() {
    return watch
        .ended()
        .thenApply(
            removed -> failure().isPresent() ? End.FAILED : removed ? End.REMOVED : End.CLOSED);
  }

  /**
   * Why it ended, if it did so by itself and the cgroup was not removed: reading the file failed.
   *
   * @return the failure; empty in all other cases
   */
  public Optional<OomException> failure() {
    return watch.failure();
  }

  /**
   * Ends it. When this returns, the listener is not called again and the descriptor is closed,
   * after the last subscription also the thread has ended; except that it does not wait longer than
   * a second for a listener that is still busy, nor if this thread is interrupted. May be called
   * from any thread, a listener's too, and more than once.
   */
  @Override
  public void close() {
    watch.close();
  }

  /** The file it is about, and whether it is open. */
  @Override
  public String toString() {
    return "EventSubscription[" + file + (isOpen() ? "]" : ", ended]");
  }
}
