package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.junit.FloorReport.Outcome;
import io.github.oom4j.junit.FloorReport.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the smallest limit of a grid: from min in steps of the tolerance, and max. A limit is
 * probed once on the way, which is enough to see a failure, and what seems to be the floor as often
 * as asked for; if it fails there once, the search goes on above it.
 *
 * <p>The peak of a success says where to look next, not more: what a command used includes page
 * cache that it could do without, so the floor may be far below the peak, but it is rarely above.
 */
final class FloorSearch {

  /** Runs the command under a limit. */
  interface Prober {
    FloorProbe probe(ByteSize limit, Duration atMost) throws InterruptedException;
  }

  private final Range range;
  private final int repeats;
  private final Duration timeout;
  private final Prober prober;
  private final LongSupplier clock;

  private final long last; // index of max
  private final List<FloorProbe> probes = new ArrayList<>();
  private final TreeMap<Long, Integer> successes = new TreeMap<>();
  private long started;
  private @Nullable Outcome ended;

  // The floor is above the one and not above the other, as far as it looks now.
  private long low = -1;
  private long high;

  FloorSearch(Range range, int repeats, Duration timeout, Prober prober, LongSupplier clock) {
    this.range = range;
    this.repeats = repeats;
    this.timeout = timeout;
    this.prober = prober;
    this.clock = clock;
    this.last = indexOf(range.max());
    this.high = last;
  }

  /** The probes are told also if this fails half-way. */
  List<FloorProbe> probes() {
    return probes;
  }

  Outcome run() throws InterruptedException {
    started = clock.getAsLong();
    if (probe(last)) {
      while (ended == null) {
        narrow();
        confirm();
      }
    }
    return ended == null ? Outcome.ABOVE_MAX : ended;
  }

  /** Ends with the highest failure right below the lowest success. */
  private void narrow() throws InterruptedException {
    // Most commands need about what they used, so look there first, in growing steps.
    long step = high < last ? 1 : Long.MAX_VALUE / 4;
    while (ended == null && high - low > 1) {
      long middle = low + (high - low) / 2;
      if (probe(Math.max(middle, high - step))) {
        step = Math.min(step * 4, Long.MAX_VALUE / 4);
      } else {
        step = Long.MAX_VALUE / 4;
      }
    }
  }

  private void confirm() throws InterruptedException {
    long floor = high;
    while (ended == null && high == floor && successes.getOrDefault(floor, 0) < repeats) {
      if (!probe(floor) && floor == last && ended == null) {
        ended = Outcome.ABOVE_MAX;
      }
    }
    if (ended == null && high == floor) {
      ended = floor == 0 ? Outcome.AT_MOST_MIN : Outcome.FOUND;
    }
  }

  private boolean probe(long index) throws InterruptedException {
    Duration left = timeout.minusNanos(clock.getAsLong() - started);
    if (left.isNegative() || left.isZero()) {
      ended = Outcome.OUT_OF_TIME;
      return false;
    }
    FloorProbe probe = prober.probe(limit(index), left);
    probes.add(probe);
    switch (probe.fate()) {
      case SUCCEEDED -> {
        successes.merge(index, 1, Integer::sum);
        high = Math.min(high, Math.max(low + 1, indexOfNeed(index, probe.peak())));
        return true;
      }
      case OTHER_LIMIT -> ended = Outcome.OTHER_LIMIT;
      case CUT_OFF -> ended = Outcome.OUT_OF_TIME;
      default -> {
        low = Math.max(low, index);
        successes.headMap(low, true).clear();
        if (high <= low && !successes.isEmpty()) {
          high = successes.firstKey();
        }
      }
    }
    return false;
  }

  /** Where a command that needs its peak would still succeed. */
  private long indexOfNeed(long probed, Optional<ByteSize> peak) {
    return peak.map(this::indexOf).map(index -> Math.min(index, probed)).orElse(probed);
  }

  /** The smallest limit of the grid that is not less. */
  private long indexOf(ByteSize size) {
    long above = size.minusOrZero(range.min()).bytes();
    long step = range.tolerance().bytes();
    return above / step + (above % step == 0 ? 0 : 1);
  }

  private ByteSize limit(long index) {
    return index >= last
        ? range.max()
        : ByteSize.bytes(range.min().bytes() + index * range.tolerance().bytes());
  }
}
