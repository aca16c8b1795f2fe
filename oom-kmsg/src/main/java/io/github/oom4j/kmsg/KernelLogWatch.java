package io.github.oom4j.kmsg;

import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.kmsg.internal.RecordSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running watch of the kernel's log, started by {@link KernelLog#follow}. Close it to stop.
 * Thread-safe.
 *
 * <p>It costs one daemon thread, which sleeps in the kernel while the log is silent.
 */
public final class KernelLogWatch implements AutoCloseable {

  private static final Logger LOG = System.getLogger(KernelLogWatch.class.getName());

  /**
   * How long a kill is held back for the line that calls it a group's; consoles slow printk down.
   */
  private static final int HOLD_MILLIS = 50;

  /** Later than this after a wake-up, the time of reading no longer tells the time of writing. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final RecordSource source;
  private final Consumer<? super OomKillEvent> listener;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable OomException failure;

  private KernelLogWatch(RecordSource source, Consumer<? super OomKillEvent> listener) {
    this.source = source;
    this.listener = listener;
    this.thread = new Thread(this::run, "oom4j-kmsg");
    thread.setDaemon(true);
  }

  static KernelLogWatch start(RecordSource source, Consumer<? super OomKillEvent> listener) {
    KernelLogWatch watch = new KernelLogWatch(source, listener);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try (source) {
      follow();
    } catch (OomException e) {
      failure = e;
      LOG.log(Level.DEBUG, "the watch of the kernel log has ended", e);
    }
  }

  private void follow() {
    OomKillParser parser = new OomKillParser();
    byte[] buffer = new byte[KernelLog.LARGEST_RECORD];
    Instant readableSince = Instant.now();
    while (!closed) {
      int n = source.read(buffer);
      if (n > 0) {
        if (!parser.ignores(buffer, 0, n)) {
          deliver(parser.accept(buffer, 0, n, wallClock(readableSince)));
        }
      } else if (n == RecordSource.DRAINED) {
        boolean more = source.await(parser.isHolding() ? HOLD_MILLIS : -1);
        readableSince = Instant.now();
        if (!more) {
          deliver(parser.flush());
        }
      }
      // LOST needs nothing here: the parser sees the gap in the sequence numbers.
    }
  }

  /** A record was written after the log was last found empty, and before now. */
  private static Optional<Instant> wallClock(Instant readableSince) {
    Instant now = Instant.now();
    return Duration.between(readableSince, now).compareTo(FRESH) < 0
        ? Optional.of(now)
        : Optional.empty();
  }

  private void deliver(List<OomKillEvent> kills) {
    for (OomKillEvent kill : kills) {
      if (closed) {
        return;
      }
      try {
        listener.accept(kill);
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "a listener of the kernel log failed", e);
      }
    }
  }

  /**
   * Why the watch ended by itself, if it did: reading the log failed.
   *
   * @return the failure; empty while the watch runs, and after {@link #close()}
   */
  public Optional<OomException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Stops the watch. When this returns, the thread has ended and the listener is not called again;
   * except that it does not wait longer than a second for a listener that is still busy. May be
   * called from any thread, the listener's too, and more than once.
   */
  @Override
  public void close() {
    closed = true;
    source.wakeUp();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
