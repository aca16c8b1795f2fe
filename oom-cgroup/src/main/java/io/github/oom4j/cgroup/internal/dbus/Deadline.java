package io.github.oom4j.cgroup.internal.dbus;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A point in time after which nobody waits any more, by the monotonic clock. Immutable.
 *
 * @param nanos what {@link System#nanoTime()} then says
 */
public record Deadline(long nanos) {

  /** Longer ones overflow; nobody will see the difference. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * A deadline from now.
   *
   * @param time how long from now; zero or less is over at once
   * @return the deadline
   */
  public static Deadline in(Duration time) {
    Duration capped = time.compareTo(LONGEST) > 0 ? LONGEST : time;
    return new Deadline(System.nanoTime() + (capped.isNegative() ? 0 : capped.toNanos()));
  }

  /**
   * This, or an earlier one.
   *
   * @param time how long from now at most
   * @return the earlier of the two
   */
  public Deadline within(Duration time) {
    Deadline other = in(time);
    return other.nanos - nanos < 0 ? other : this;
  }

  /**
   * Whether it has passed.
   *
   * @return true from that point on
   */
  public boolean isOver() {
    return nanos - System.nanoTime() <= 0;
  }

  /** The time left in milliseconds, rounded up, at least 0. */
  long millisLeft() {
    long left = nanos - System.nanoTime();
    return left <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(left) + 1;
  }

  /**
   * Sleeps, not beyond this deadline. An interrupt does not cut it short and is kept.
   *
   * @param time how long
   */
  public void pause(Duration time) {
    Deadline end = within(time);
    boolean interrupted = false;
    while (!end.isOver()) {
      try {
        Thread.sleep(end.millisLeft());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
