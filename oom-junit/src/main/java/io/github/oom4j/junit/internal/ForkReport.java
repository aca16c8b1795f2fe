package io.github.oom4j.junit.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the JVM in the box told before it ended, which may be in the middle of anything.
 *
 * @param start how it was when the tests were about to run; empty if it did not come so far
 * @param entries what the test published to JUnit's reports, in order
 * @param outcome how the test ended; empty if it did not
 * @param ending where the test's thread was when the JVM was told to end, innermost first; empty if
 *     it was not told, or the test had ended before
 */
public record ForkReport(
    Optional<Start> start,
    List<Map<String, String>> entries,
    Optional<Outcome> outcome,
    List<StackTraceElement> ending) {

  /**
   * Copies what is mutable.
   *
   * @param start the component of that name
   * @param entries the component of that name
   * @param outcome the component of that name
   * @param ending the component of that name
   */
  public ForkReport {
    entries = List.copyOf(entries);
    ending = List.copyOf(ending);
  }

  /**
   * A JVM that is about to run a test.
   *
   * @param maxHeap the most bytes its heap may grow to
   * @param outsideHeap the bytes of its memory that were not heap: {@code RssAnon} less the heap in
   *     use
   */
  public record Start(long maxHeap, long outsideHeap) {}

  /** How a test ended. */
  public enum Status {
    /** It passed. */
    PASSED,
    /** It failed. */
    FAILED,
    /** An assumption of it did not hold, or a condition of it was not met. */
    ABORTED,
    /** The JVM had no memory left by its own limits. */
    OUT_OF_MEMORY_ERROR
  }

  /**
   * The end of a test.
   *
   * @param status how
   * @param failure what was thrown; empty if it passed
   */
  public record Outcome(Status status, Optional<Throwable> failure) {}
}
