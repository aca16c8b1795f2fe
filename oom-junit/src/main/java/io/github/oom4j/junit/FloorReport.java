package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import java.util.List;
import java.util.Optional;

/**
 * What the search for a {@link MemoryFloor} found. Immutable.
 *
 * @param command what was run
 * @param range where it was sought
 * @param outcome how the search ended
 * @param probes every run, in order
 */
public record FloorReport(
    List<String> command, Range range, Outcome outcome, List<FloorProbe> probes) {

  private static final long MIB = 1 << 20;

  /** How a search ended. */
  public enum Outcome {
    /** The floor was found. */
    FOUND,
    /** The command succeeds even under the smallest limit of the range. */
    AT_MOST_MIN,
    /** The command fails even under the largest limit of the range. */
    ABOVE_MAX,
    /** The time for the search was over. */
    OUT_OF_TIME,
    /** A probe was OOM-killed for another limit than its own. */
    OTHER_LIMIT
  }

  /**
   * Where a floor is sought.
   *
   * @param min the smallest limit that is tried
   * @param max the largest
   * @param tolerance by how much the floor may be more than the smallest limit that would do
   */
  public record Range(ByteSize min, ByteSize max, ByteSize tolerance) {}

  /**
   * Copies what is mutable.
   *
   * @param command the component of that name
   * @param range the component of that name
   * @param outcome the component of that name
   * @param probes the component of that name
   */
  public FloorReport {
    command = List.copyOf(command);
    probes = List.copyOf(probes);
  }

  /**
   * The smallest limit under which the command succeeded, each time it was tried there.
   *
   * @return a limit of the range; empty if the outcome is neither {@link Outcome#FOUND} nor {@link
   *     Outcome#AT_MOST_MIN}
   */
  public Optional<ByteSize> floor() {
    return outcome == Outcome.FOUND || outcome == Outcome.AT_MOST_MIN
        ? smallestSuccess()
        : Optional.empty();
  }

  /**
   * A limit to run it with in earnest: the floor, and as headroom 10 % of it or twice the
   * tolerance, whichever is more, rounded up to whole MiB.
   *
   * @return more than the floor; empty if that is
   */
  public Optional<ByteSize> recommendation() {
    return floor()
        .map(floor -> floor.plus(headroom(floor)))
        .map(sum -> ByteSize.bytes((sum.bytes() + MIB - 1) / MIB * MIB));
  }

  private ByteSize headroom(ByteSize floor) {
    return ByteSize.bytes(Math.max(floor.bytes() / 10, 2 * range.tolerance().bytes()));
  }

  /**
   * Whether the command failed under a limit under which, or under a smaller one, it also
   * succeeded. A floor found nevertheless is one under which it never failed; more repeats make it
   * more certain.
   *
   * @return true if the probes contradict each other
   */
  public boolean isFlaky() {
    return probes.stream()
        .filter(probe -> probe.fate().isFailure())
        .anyMatch(
            failure ->
                probes.stream()
                    .filter(probe -> probe.fate() == FloorProbe.Fate.SUCCEEDED)
                    .anyMatch(success -> success.limit().compareTo(failure.limit()) <= 0));
  }

  /** The smallest limit with a success and above all failures; what a search ends with. */
  Optional<ByteSize> smallestSuccess() {
    Optional<ByteSize> failed = largestFailure();
    return probes.stream()
        .filter(probe -> probe.fate() == FloorProbe.Fate.SUCCEEDED)
        .map(FloorProbe::limit)
        .filter(limit -> failed.isEmpty() || limit.compareTo(failed.get()) > 0)
        .min(ByteSize::compareTo);
  }

  Optional<ByteSize> largestFailure() {
    return probes.stream()
        .filter(probe -> probe.fate().isFailure())
        .map(FloorProbe::limit)
        .max(ByteSize::compareTo);
  }

  /**
   * Tells it in a few plain sentences: the floor and what it rests on, or why there is none, the
   * recommendation and how it was computed.
   *
   * @return one line of text
   */
  public String explain() {
    return new FloorStory(this).explain();
  }

  /**
   * Every probe as a line of a table, with a heading.
   *
   * @return lines, each with an end of line
   */
  public String toTable() {
    return new FloorStory(this).table();
  }
}
