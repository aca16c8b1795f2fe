package io.github.oom4j.kmsg;

import io.github.oom4j.kmsg.internal.RecordSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tells the wall clock time of the printk clock, which is close to CLOCK_MONOTONIC but not kept in
 * step with it, and stops in suspend. All in microseconds. The best estimate is the smallest delay
 * with which records were lately seen to arrive.
 */
final class PrintkClock {

  /** CLOCK_REALTIME moves by more against CLOCK_MONOTONIC only when set, or by a suspend. */
  private static final long STEP = 100_000;

  /** The printk clock may be slower, so that no old delay is the smallest for ever. */
  private static final long LONGEST_TRUST = 600_000_000;

  private final LongSupplier wall;
  private final LongSupplier monotonic;
  private long base;
  private long offset;
  private long seenAt;
  private boolean seen;

  PrintkClock(LongSupplier wall, LongSupplier monotonic) {
    this.wall = wall;
    this.monotonic = monotonic;
    restart();
  }

  /** The clock of the records of the running kernel; empty for those of another. */
  static Optional<PrintkClock> of(RecordSource source) {
    return source.monotonicMicros().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PrintkClock(PrintkClock::wallMicros, () -> source.monotonicMicros().orElseThrow()));
  }

  private static long wallMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private void restart() {
    base = wall.getAsLong() - monotonic.getAsLong();
    offset = base;
    seen = false;
  }

  /** Starts anew if the machine was suspended, or its clock set, since the last look. */
  boolean hasStepped() {
    boolean stepped = Math.abs(wall.getAsLong() - monotonic.getAsLong() - base) > STEP;
    if (stepped) {
      restart();
    }
    return stepped;
  }

  /** A record of that time was written a moment ago. */
  void observe(long micros) {
    long now = wall.getAsLong();
    long delay = now - micros;
    if (!seen || delay < offset || now - seenAt > LONGEST_TRUST) {
      offset = delay;
      seenAt = now;
      seen = true;
    }
  }

  Instant estimate(long micros) {
    return Instant.EPOCH.plus(offset + micros, ChronoUnit.MICROS);
  }
}
