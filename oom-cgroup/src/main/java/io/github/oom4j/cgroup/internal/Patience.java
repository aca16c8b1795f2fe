package io.github.oom4j.cgroup.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting that an interrupt does not cut short; the interrupt is kept for the caller. */
public final class Patience {

  /** What takes long may be seen a little later. */
  private static final long SHORTEST_PAUSE_NANOS = 50_000;

  private static final long LONGEST_PAUSE_NANOS = 1_000_000;

  private Patience() {}

  /**
   * Looks again and again until something is so.
   *
   * @param condition what is waited for; what it throws ends the wait
   * @param patience how long to wait at most
   * @return whether it came to be so
   */
  public static boolean until(BooleanSupplier condition, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    long pause = SHORTEST_PAUSE_NANOS;
    boolean interrupted = false;
    try {
      while (true) {
        // Before the look: who was stopped for a while looks once more.
        boolean over = System.nanoTime() > end;
        if (condition.getAsBoolean()) {
          return true;
        }
        if (over) {
          return false;
        }
        // Parking returns at once while the interrupt flag is set.
        interrupted |= Thread.interrupted();
        LockSupport.parkNanos(pause);
        pause = Math.min(pause + pause / 4, LONGEST_PAUSE_NANOS);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits for a process to end.
   *
   * @param process the process
   * @param timeout how long to wait at most
   * @param unit the unit of the timeout
   * @return whether it has ended
   */
  public static boolean awaitExit(Process process, long timeout, TimeUnit unit) {
    long end = System.nanoTime() + unit.toNanos(timeout);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
