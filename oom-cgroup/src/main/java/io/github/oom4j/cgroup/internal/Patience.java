package io.github.oom4j.cgroup.internal;

import java.util.concurrent.TimeUnit;

/** Waiting that an interrupt does not cut short; the interrupt is kept for the caller. */
public final class Patience {

  private Patience() {}

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
