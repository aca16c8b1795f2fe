package io.github.oom4j;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch over a ranking, started by {@link OomRanking#watch}. It looks once an interval and never
 * more often, on a daemon thread of its own that ends with {@link #close()}. Thread-safe.
 */
public final class OomRankingWatch implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(OomRankingWatch.class.getName());

  private final Duration interval;
  private final Supplier<OomRanking> source;
  private final BiPredicate<Optional<OomRanking>, OomRanking> changed;
  private final Consumer<? super OomRanking> listener;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable OomException failure;

  private OomRankingWatch(
      Duration interval,
      Supplier<OomRanking> source,
      BiPredicate<Optional<OomRanking>, OomRanking> changed,
      Consumer<? super OomRanking> listener) {
    this.interval = interval;
    this.source = source;
    this.changed = changed;
    this.listener = listener;
    this.thread = new Thread(this::run, "oom4j-ranking");
    thread.setDaemon(true);
  }

  static OomRankingWatch start(
      Duration interval,
      Supplier<OomRanking> source,
      BiPredicate<Optional<OomRanking>, OomRanking> changed,
      Consumer<? super OomRanking> listener) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("an interval is positive, not " + interval);
    }
    OomRankingWatch watch = new OomRankingWatch(interval, source, changed, listener);
    OomRanking first = source.get();
    watch.offer(Optional.empty(), first);
    watch.last = first;
    watch.thread.start();
    return watch;
  }

  // Written by the starter before the thread, then by the thread alone.
  private @Nullable OomRanking last;

  /** Whether another process dies next than before. */
  static BiPredicate<Optional<OomRanking>, OomRanking> headChanges() {
    return (before, now) ->
        before.isEmpty() || !identity(before.get().next()).equals(identity(now.next()));
  }

  private static Optional<String> identity(Optional<OomScore> process) {
    return process.map(p -> p.pid() + "@" + p.startTime());
  }

  /** Whether a process came among the first, or left them. */
  static BiPredicate<Optional<OomRanking>, OomRanking> isAmong(long pid, int first) {
    if (first < 1) {
      throw new IllegalArgumentException("the first 1 or more, not " + first);
    }
    return (before, now) ->
        before.map(b -> isAmong(b, pid, first)).orElse(false) != isAmong(now, pid, first);
  }

  private static boolean isAmong(OomRanking ranking, long pid, int first) {
    OptionalInt position = ranking.positionOf(pid);
    return position.isPresent() && position.getAsInt() <= first;
  }

  private void run() {
    long next = System.nanoTime() + interval.toNanos();
    while (!closed) {
      long wait = next - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(this, wait);
        continue;
      }
      look();
      // From now on: a look that took long, or a machine that slept, is not made up for.
      next = System.nanoTime() + interval.toNanos();
    }
  }

  private void look() {
    try {
      OomRanking now = source.get();
      offer(Optional.ofNullable(last), now);
      last = now;
      failure = null;
    } catch (OomException e) {
      failure = e;
      LOGGER.log(Level.DEBUG, "could not rank processes", e);
    }
  }

  private void offer(Optional<OomRanking> before, OomRanking now) {
    if (!changed.test(before, now)) {
      return;
    }
    try {
      listener.accept(now);
    } catch (RuntimeException e) {
      LOGGER.log(Level.DEBUG, "a listener failed", e);
    }
  }

  /**
   * Why the last look failed.
   *
   * @return the error, or empty if it did not; the watch goes on either way
   */
  public Optional<OomException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Ends the watch. A call of the listener that is under way is not waited for; there is none after
   * it. Idempotent; may be called from the listener.
   */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
