package io.github.oom4j.cgroup;

import java.time.Duration;

/**
 * How much memory pressure is too much: tasks waited for memory for so long within a time window
 * (Documentation/accounting/psi.rst). Immutable.
 *
 * <pre>{@code
 * PressureTrigger.some(Duration.ofMillis(150), Duration.ofSeconds(2));
 * }</pre>
 *
 * <p>Without CAP_SYS_RESOURCE the window must be 2, 4, 6, 8 or 10 s, and before kernel 6.5 or so
 * there is no trigger at all. With it, kernels of that age want a window of 500 ms or more.
 *
 * @param kind which waiting counts
 * @param stall how long it must last in all within the window, to the microsecond; more than zero
 * @param window the time in which it must last so long, to the microsecond; not less than {@code
 *     stall}, 10 s at most
 */
public record PressureTrigger(Kind kind, Duration stall, Duration window) {

  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration SHORTEST = Duration.ofNanos(1000);

  /** Which waiting for memory counts. */
  public enum Kind {
    /** That of at least one task: {@code some}. */
    SOME,
    /** That of all tasks that could have run at the same time: {@code full}. */
    FULL
  }

  /**
   * Checks what every kernel checks.
   *
   * @param kind the component of that name
   * @param stall the component of that name
   * @param window the component of that name
   * @throws IllegalArgumentException if a duration is out of its range
   */
  public PressureTrigger {
    if (stall.compareTo(SHORTEST) < 0
        || stall.compareTo(window) > 0
        || window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "stall "
              + stall
              + " in a window of "
              + window
              + ": the stall must be at least a microsecond, at most the window, and the window at"
              + " most 10 s");
    }
  }

  /**
   * Fires when at least one task at a time waited for memory.
   *
   * @param stall for how long in all
   * @param window within which time
   * @return the trigger
   * @throws IllegalArgumentException if a duration is out of its range
   */
  public static PressureTrigger some(Duration stall, Duration window) {
    return new PressureTrigger(Kind.SOME, stall, window);
  }

  /**
   * Fires when all tasks that could have run waited for memory at the same time.
   *
   * @param stall for how long in all
   * @param window within which time
   * @return the trigger
   * @throws IllegalArgumentException if a duration is out of its range
   */
  public static PressureTrigger full(Duration stall, Duration window) {
    return new PressureTrigger(Kind.FULL, stall, window);
  }

  /** As it is written to the kernel, such as {@code some 150000 2000000}. */
  @Override
  public String toString() {
    return (kind == Kind.SOME ? "some " : "full ") + micros(stall) + " " + micros(window);
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }
}
