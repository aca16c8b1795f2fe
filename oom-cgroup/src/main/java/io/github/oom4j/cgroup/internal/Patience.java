package io.github.oom4j.cgroup.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting that an interrupt does not cut short; the interrupt is kept for the caller. */
public final class Patience {

  private Patience() {}

  /**
   * Waits for a directory to vanish. Somebody else removes it.
   *
   * @param directory the directory
   * @param patience how long to wait at most
   * @return whether it is gone
   */
  public static boolean awaitRemoval(Path directory, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (Files.exists(directory)) {
        if (System.nanoTime() > end) {
          return false;
        }
        // Returns at once if interrupted.
        LockSupport.parkNanos(500_000);
        interrupted |= Thread.interrupted();
      }
      return true;
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
