package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.cgroup.Cgroup;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Records a {@link MemoryTimeline} until it is stopped, the command has ended, or the cgroup is
 * gone. Its one daemon thread, {@code oom4j-timeline}, lives as long; so do the seven file
 * descriptors at most that it reads. However long it records, it keeps 4096 samples at most: when
 * there are as many, it makes one of each two, with the most of both. Thread-safe.
 */
public final class TimelineRecorder implements AutoCloseable {

  private static final int CAPACITY = 4096;
  private static final int KILLS_KEPT = 1000;

  private final Cgroup cgroup;
  private final Optional<ScopedProcess> job;
  private final long every;
  private final MemoryGauges gauges;
  private final SampleBuffer buffer = new SampleBuffer(CAPACITY);
  private final Instant started = Instant.now();
  private final long startedNanos = System.nanoTime();
  private final Thread thread = new Thread(this::run, "oom4j-timeline");
  private volatile boolean stopping;

  // Of the thread; read by others after its end.
  private final List<Duration> kills = new ArrayList<>();
  private long killsSeen = -1;
  private long length;
  private long peak = -1;

  private @Nullable MemoryTimeline result; // guarded by this

  private TimelineRecorder(Cgroup cgroup, Optional<ScopedProcess> job, Duration every) {
    if (every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException("a sample every " + every + " is not possible");
    }
    this.cgroup = cgroup;
    this.job = job;
    this.every = TimeUnit.NANOSECONDS.convert(every);
    cgroup.memory(); // says it best if the cgroup is gone, or can't be read
    try {
      gauges = new MemoryGauges(cgroup.path());
    } catch (IOException e) {
      throw new KernelIoException("could not open the memory files of " + cgroup, e);
    }
  }

  static TimelineRecorder start(Cgroup cgroup, Optional<ScopedProcess> job, Duration every) {
    TimelineRecorder recorder = new TimelineRecorder(cgroup, job, every);
    recorder.thread.setDaemon(true);
    recorder.thread.start();
    return recorder;
  }

  private void run() {
    try (gauges) {
      long[] row = SampleBuffer.emptyRow();
      long next = startedNanos;
      while (true) {
        // Before the sample: the last one is taken when all is over.
        boolean last = stopping || hasEnded();
        sample(row);
        if (last) {
          break;
        }
        next = Math.max(next + every, System.nanoTime());
        while (!stopping && next - System.nanoTime() > 0) {
          LockSupport.parkNanos(this, next - System.nanoTime());
        }
      }
    } catch (IOException e) {
      // The cgroup is gone, and with it what there was to record.
    }
  }

  private boolean hasEnded() {
    return job.isPresent() && !job.get().process().isAlive();
  }

  private void sample(long[] row) throws IOException {
    long now = System.nanoTime() - startedNanos;
    long killed = gauges.read(row);
    row[SampleBuffer.AT] = now;
    buffer.add(row);
    // A box has seen no kill before its command.
    long before = killsSeen >= 0 ? killsSeen : job.isPresent() ? 0 : killed;
    for (long seen = before; seen < killed; seen++) {
      if (kills.size() < KILLS_KEPT) {
        kills.add(Duration.ofNanos(now));
      }
    }
    killsSeen = killed;
    length = now;
    peak = Math.max(peak, gauges.peak());
  }

  /**
   * Takes a last sample and ends the recording. Stop it before the box is closed, or its end is
   * missing. Does not heed interrupts. Idempotent.
   *
   * @return what was recorded; if it was of a {@link ScopedProcess} that has ended, with its result
   */
  public synchronized MemoryTimeline stop() {
    MemoryTimeline known = result;
    if (known == null) {
      stopping = true;
      LockSupport.unpark(thread);
      join();
      known =
          new MemoryTimeline(
              cgroup.name(),
              started,
              Duration.ofNanos(length),
              buffer.samples(),
              kills,
              peak < 0 ? Optional.empty() : Optional.of(ByteSize.bytes(peak)),
              job.flatMap(TimelineRecorder::resultOf));
      result = known;
    }
    return known;
  }

  private void join() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<ScopeResult> resultOf(ScopedProcess job) {
    if (job.process().isAlive()) {
      return Optional.empty();
    }
    try {
      return Optional.of(job.waitFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** As {@link #stop()}. */
  @Override
  public void close() {
    stop();
  }

  /** The cgroup it records. */
  @Override
  public String toString() {
    return "TimelineRecorder[" + cgroup + "]";
  }
}
