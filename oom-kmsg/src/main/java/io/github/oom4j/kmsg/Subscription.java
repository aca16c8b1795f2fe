package io.github.oom4j.kmsg;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.kmsg.internal.RecordSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One watch: its own place in the log, its own parser, and what it has still to tell. Used by the
 * reading thread, except where said otherwise.
 *
 * <p>Before each call of the listener all records are read that there are, so the kernel's buffer
 * has to last for one call only. What is read and not yet told is bounded by the {@link Outbox};
 * beyond that, reading pauses, and what the kernel overwrites meanwhile is counted.
 */
final class Subscription {

  private static final Logger LOG = System.getLogger(KernelLogWatch.class.getName());

  /** How long a kill is held back for the line that calls it a group's; consoles slow printk. */
  private static final long HOLD_NANOS = 50_000_000;

  /** Later than this after a wake-up, the time of reading no longer tells the time of writing. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** How long the end waits for a call that goes on. */
  private static final long PATIENCE_MILLIS = 2;

  /** How many records are read before others have their turn. */
  private static final int BATCH = 4096;

  private final RecordSource source;
  private final KernelLogListener listener;
  private final Optional<PrintkClock> clock;
  private final byte[] buffer = new byte[KernelLog.LARGEST_RECORD];
  private final LogPosition position;
  private final OomKillParser parser = new OomKillParser();
  private final Outbox outbox = new Outbox();
  private final ReentrantLock calling = new ReentrantLock();
  private Instant readableSince = Instant.EPOCH;
  private boolean woken;

  /** The last record whose time was estimated. */
  private long estimated = -1;

  private boolean holding;
  private long heldSince;

  /** The first record to read again, to begin anew with what the parser has open. */
  private long safe;

  private volatile long told;
  private volatile long toldAfterCall;
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean closed;
  private volatile @Nullable OomException failure;

  Subscription(RecordSource source, KernelLogStart start, KernelLogListener listener) {
    this.source = source;
    this.listener = listener;
    this.clock = PrintkClock.of(source);
    if (clock.isEmpty() && start instanceof KernelLogStart.Since) {
      throw new UnsupportedKernelException(
          "could not tell what this log says since then: its kernel is not the one that runs");
    }
    this.position = LogPosition.find(source, start, buffer);
    if (start instanceof KernelLogStart.Now) {
      readableSince = Instant.now();
    }
    this.safe = position.next();
    this.told = safe;
    position.otherBoot().ifPresent(cursor -> add(to -> to.onOtherBoot(cursor)));
  }

  /** Reads what there is, and tells the first that waits; returns whether there is more to do. */
  boolean step() {
    try {
      boolean drained = readAll();
      if (drained && holding && System.nanoTime() - heldSince >= HOLD_NANOS) {
        holding = false;
        List<OomLogEvent> events = parser.flushEvents();
        safe = parser.isIdle() ? position.next() : safe;
        tell(events);
      }
      if (outbox.isEmpty()) {
        told = safe;
      } else {
        tellFirst();
      }
      return !drained || !outbox.isEmpty();
    } catch (RuntimeException | Error e) {
      fail(e);
      return false;
    }
  }

  /** Ends it, because the log can't be read on. */
  void fail(Throwable e) {
    OomException reason =
        e instanceof OomException known
            ? known
            : new KernelIoException("the watch of the kernel log failed: " + e, e);
    failure = reason;
    LOG.log(Level.DEBUG, "the watch of the kernel log has ended", e);
    call(to -> to.onFailure(reason));
    closed = true;
  }

  private boolean readAll() {
    for (int i = 0; i < BATCH && !closed && outbox.hasRoom(); i++) {
      int n = source.read(buffer);
      if (n > 0) {
        record(n);
      } else if (n == RecordSource.DRAINED && !isOfAnotherLife()) {
        if (parser.isHolding() && !holding) {
          holding = true;
          heldSince = System.nanoTime();
        }
        readableSince = Instant.now();
        woken = false;
        return true;
      }
      // LOST needs nothing here: the numbers tell it.
    }
    return false;
  }

  private boolean isOfAnotherLife() {
    Optional<KernelLogCursor> other = position.otherLife();
    other.ifPresent(
        cursor -> {
          add(to -> to.onOtherBoot(cursor));
          source.seekToStart();
        });
    return other.isPresent();
  }

  private void record(int length) {
    long sequence = RawRecord.sequence(buffer, 0, length);
    long micros = RawRecord.micros(buffer, 0, length);
    if (sequence < 0 || micros < 0) {
      return; // a line of a dictionary, in a file
    }
    if (woken) {
      woken = false;
      clock.ifPresent(known -> known.observe(micros));
    }
    if (position.isBefore(sequence, this::estimate, micros)) {
      return;
    }
    long missing = position.advance(sequence);
    if (missing > 0) {
      lost.addAndGet(missing);
      add(to -> to.onLost(missing));
    }
    if (parser.ignores(buffer, 0, length)) {
      safe = sequence + 1;
      return;
    }
    if (missing > 0) {
      parser.gap();
    }
    outbox.weigh(length);
    List<OomLogEvent> events = parser.events(buffer, 0, length, wallClock(sequence, micros));
    if (parser.isIdle()) {
      safe = sequence + 1;
    } else if (!events.isEmpty()) {
      safe = sequence; // it ended one and began another
    }
    tell(events);
  }

  private Instant estimate(long micros) {
    return clock.orElseThrow().estimate(micros);
  }

  /** A record was written after the log was last found empty, and before now. */
  private Optional<Instant> wallClock(long sequence, long micros) {
    Instant now = Instant.now();
    if (Duration.between(readableSince, now).compareTo(FRESH) < 0) {
      return Optional.of(now);
    }
    estimated = sequence;
    return clock.map(known -> known.estimate(micros));
  }

  private WallClockAccuracy accuracy(OomKillEvent kill) {
    if (kill.wallClock().isEmpty()) {
      return WallClockAccuracy.UNKNOWN;
    }
    return kill.sequence().orElse(0) <= estimated
        ? WallClockAccuracy.ESTIMATED
        : WallClockAccuracy.READ;
  }

  private void tell(List<OomLogEvent> events) {
    for (int i = 1; i <= events.size(); i++) {
      outbox.add(call(events.get(i - 1)), i == events.size() ? safe : Outbox.SAME);
    }
    if (parser.isIdle()) {
      outbox.drop();
    }
  }

  private Consumer<KernelLogListener> call(OomLogEvent event) {
    if (event instanceof OomKillEvent kill) {
      holding = false;
      WallClockAccuracy accuracy = accuracy(kill);
      return to -> to.onKill(kill, accuracy);
    }
    return to -> to.onEvent(event);
  }

  private void add(Consumer<KernelLogListener> call) {
    outbox.add(call, Outbox.SAME);
  }

  private void tellFirst() {
    Outbox.Item item = outbox.remove();
    long after = item.cursorAfter() == Outbox.SAME ? told : item.cursorAfter();
    toldAfterCall = outbox.isEmpty() ? safe : after;
    call(item.call());
    told = toldAfterCall;
  }

  private void call(Consumer<KernelLogListener> call) {
    calling.lock();
    try {
      if (!closed) {
        call.accept(listener);
      }
    } catch (Throwable e) { // a listener written in another language may throw anything
      LOG.log(Level.DEBUG, "a listener of the kernel log failed", e);
    } finally {
      calling.unlock();
      Thread.interrupted(); // a listener that interrupts itself must not end what follows
    }
  }

  RecordSource source() {
    return source;
  }

  /** For how long there is nothing to do unless records come: in milliseconds, -1 for ever. */
  int patience() {
    if (!holding) {
      return -1;
    }
    long left = HOLD_NANOS - (System.nanoTime() - heldSince);
    return (int) Math.max(0, (left + 999_999) / 1_000_000);
  }

  /** The thread has waited: what can be read now was written a moment ago. */
  void wakeUp() {
    boolean stepped = clock.isPresent() && clock.get().hasStepped();
    woken = !stepped;
    readableSince = stepped ? Instant.EPOCH : Instant.now();
  }

  /** The place up to which all is told. The call that goes on counts as done for itself alone. */
  KernelLogCursor cursor(boolean duringCall) {
    return position.cursor(Math.max(0, duringCall ? toldAfterCall : told));
  }

  long lost() {
    return lost.get();
  }

  Optional<OomException> failure() {
    return Optional.ofNullable(failure);
  }

  /** No call begins any more; waits a moment for one that goes on. Any thread. */
  void end() {
    closed = true;
    try {
      if (calling.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        calling.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean hasEnded() {
    return closed;
  }
}
