package io.github.oom4j.kmsg;

import io.github.oom4j.kmsg.KernelLogStart.At;
import io.github.oom4j.kmsg.KernelLogStart.Now;
import io.github.oom4j.kmsg.KernelLogStart.Sequence;
import io.github.oom4j.kmsg.KernelLogStart.Since;
import io.github.oom4j.kmsg.internal.RecordSource;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where one reader is in the log: finds the start, and counts what is missing by the sequence
 * numbers. Not thread-safe.
 */
final class LogPosition {

  private static final long UNKNOWN = -1;

  private final UUID bootId;
  private long next = UNKNOWN;
  private long from = UNKNOWN;
  private @Nullable Instant since;
  private @Nullable KernelLogCursor cursor;
  private long newest = UNKNOWN;

  private LogPosition(UUID bootId) {
    this.bootId = bootId;
  }

  /** Finds the start; for "now", that reads all records there are. */
  static LogPosition find(RecordSource source, KernelLogStart start, byte[] buffer) {
    LogPosition position = new LogPosition(source.bootId());
    if (start instanceof Now) {
      // Not lseek(SEEK_END): it would not tell the number of the next record, nor count its loss.
      for (int n = source.read(buffer); n != RecordSource.DRAINED; n = source.read(buffer)) {
        if (n > 0) {
          position.next = Math.max(position.next, RawRecord.sequence(buffer, 0, n) + 1);
        }
      }
    } else if (start instanceof Sequence sequence) {
      position.goTo(sequence.sequence());
    } else if (start instanceof Since instant) {
      position.since = instant.time();
    } else if (start instanceof At at) {
      position.cursor = at.cursor();
      if (at.cursor().bootId().equals(position.bootId)) {
        position.goTo(at.cursor().sequence());
      }
    }
    return position;
  }

  private void goTo(long sequence) {
    next = sequence;
    from = sequence;
  }

  /** The cursor that was asked for, if it is of another boot. Asked once. */
  Optional<KernelLogCursor> otherBoot() {
    KernelLogCursor asked = cursor;
    if (asked == null || asked.bootId().equals(bootId)) {
      return Optional.empty();
    }
    cursor = null;
    return Optional.of(asked);
  }

  /**
   * The log is read to its end. The cursor that was asked for, if its record can't have been of
   * this life of the machine, since the records have not come so far yet. Then all are read again.
   */
  Optional<KernelLogCursor> otherLife() {
    KernelLogCursor asked = cursor;
    cursor = null;
    if (asked == null || newest >= asked.sequence() - 1) {
      return Optional.empty();
    }
    next = UNKNOWN;
    from = UNKNOWN;
    newest = UNKNOWN;
    return Optional.of(asked);
  }

  /** Whether the record lies before the start. */
  boolean isBefore(long sequence, LongFunction<Instant> wallClock, long micros) {
    newest = sequence;
    if (sequence < from || (since != null && wallClock.apply(micros).isBefore(since))) {
      return true;
    }
    since = null;
    return false;
  }

  /** Goes on to the next record; returns how many are missing before it. */
  long advance(long sequence) {
    long missing = next == UNKNOWN ? 0 : Math.max(0, sequence - next);
    next = sequence + 1;
    return missing;
  }

  /** The number that the next record should have, 0 where none was seen yet. */
  long next() {
    return Math.max(next, 0);
  }

  KernelLogCursor cursor(long sequence) {
    return new KernelLogCursor(bootId, sequence);
  }
}
