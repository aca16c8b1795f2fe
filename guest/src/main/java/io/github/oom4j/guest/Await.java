package io.github.oom4j.guest;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another process, or the kernel, does in a moment of its own. */
public final class Await {

  /** Emulated guests are slow; only what fails takes so long. */
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private static final long PAUSE_NANOS = 1_000_000;

  private Await() {}

  /**
   * Looks every millisecond, for two minutes at most.
   *
   * @param condition what is to become true
   * @return whether it did, for the test to assert with the right words
   */
  public static boolean until(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }
}
