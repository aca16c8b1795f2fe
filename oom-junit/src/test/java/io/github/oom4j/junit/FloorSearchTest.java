package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupsAbove;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.OomEvidence;
import io.github.oom4j.cgroup.MemoryEvents;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.junit.FloorProbe.Fate;
import io.github.oom4j.junit.FloorReport.Outcome;
import io.github.oom4j.junit.FloorReport.Range;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search by itself, over commands that are made up. */
class FloorSearchTest {

  private static final Range RANGE = range(1, 1024, 1);

  private final AtomicLong clock = new AtomicLong();
  private Duration timeout = Duration.ofHours(1);
  private int repeats = 3;

  private static Range range(long min, long max, long step) {
    return new Range(ByteSize.mebibytes(min), ByteSize.mebibytes(max), ByteSize.mebibytes(step));
  }

  private FloorReport search(Range range, FloorSearch.Prober prober) throws InterruptedException {
    FloorSearch.Prober ticking =
        (limit, atMost) -> {
          FloorProbe probe = prober.probe(limit, atMost);
          clock.addAndGet(probe.duration().toNanos());
          return probe;
        };
    FloorSearch search = new FloorSearch(range, repeats, timeout, ticking, clock::get);
    Outcome outcome = search.run();
    return new FloorReport(List.of("importer", "big.csv"), range, outcome, search.probes());
  }

  private static FloorProbe probe(ByteSize limit, Fate fate) {
    return new FloorProbe(limit, fate, Optional.empty(), Duration.ofSeconds(1), "");
  }

  /** A kernel before 5.19 tells no peak. */
  private static FloorSearch.Prober needing(long mebibytes) {
    return (limit, atMost) ->
        probe(
            limit,
            limit.compareTo(ByteSize.mebibytes(mebibytes)) >= 0 ? Fate.SUCCEEDED : Fate.OOM_KILLED);
  }

  /** Needs so much, and uses that much more where it may. */
  private static FloorSearch.Prober needing(long mebibytes, long cache) {
    return (limit, atMost) -> {
      ByteSize uses = ByteSize.mebibytes(mebibytes + cache);
      FloorProbe bare = needing(mebibytes).probe(limit, atMost);
      ByteSize peak = uses.compareTo(limit) < 0 ? uses : limit;
      return new FloorProbe(limit, bare.fate(), Optional.of(result(peak)), bare.duration(), "");
    };
  }

  private static ScopeResult result(ByteSize peak) {
    OomEvidence evidence =
        new OomEvidence(
            1,
            OptionalLong.of(1),
            0,
            Optional.empty(),
            Limit.none(),
            Optional.of(peak),
            OptionalLong.of(0),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            CgroupsAbove.UNKNOWN,
            OptionalLong.of(0),
            Optional.empty(),
            List.of(),
            List.of());
    OptionalLong none = OptionalLong.of(0);
    return new ScopeResult(
        0,
        ExitVerdict.of(evidence),
        Optional.of(peak),
        new MemoryEvents(none, none, none, none, none, none),
        ScopeBackend.CGROUPFS,
        List.of());
  }

  @Test
  void findsEveryFloorWithAndWithoutPeaks() throws InterruptedException {
    for (long need = 2; need <= 1024; need++) {
      FloorReport bare = search(RANGE, needing(need));
      FloorReport peaked = search(RANGE, needing(need, 0));
      FloorReport cached = search(RANGE, needing(need, need));

      for (FloorReport report : List.of(bare, peaked, cached)) {
        assertThat(report.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(report.floor()).hasValue(ByteSize.mebibytes(need));
        assertThat(report.isFlaky()).isFalse();
        assertThat(report.probes()).hasSizeLessThanOrEqualTo(20);
      }
      if (need < 1024) { // else the peak tells nothing
        assertThat(peaked.probes()).hasSizeLessThanOrEqualTo(5);
      }
    }
  }

  @Test
  void theFloorIsAStepAboveTheLargestFailure() throws InterruptedException {
    FloorReport report = search(range(10, 1000, 7), needing(499));

    assertThat(report.floor()).hasValue(ByteSize.mebibytes(10 + 7 * 70));
    assertThat(report.largestFailure()).hasValue(ByteSize.mebibytes(10 + 7 * 69));
  }

  @Test
  void aLastStepThatIsShorterEndsAtTheMaximum() throws InterruptedException {
    assertThat(search(range(10, 25, 10), needing(22)).floor()).hasValue(ByteSize.mebibytes(25));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10})
  void theFloorIsTriedAsOftenAsAskedFor(int times) throws InterruptedException {
    repeats = times;

    FloorReport report = search(RANGE, needing(100));

    assertThat(report.probes())
        .filteredOn(probe -> probe.limit().equals(report.floor().orElseThrow()))
        .hasSize(times);
  }

  @Test
  void aCommandThatFailsAtTheMaximumIsAboveIt() throws InterruptedException {
    FloorReport report = search(RANGE, needing(2000));

    assertThat(report.outcome()).isEqualTo(Outcome.ABOVE_MAX);
    assertThat(report.floor()).isEmpty();
    assertThat(report.recommendation()).isEmpty();
    assertThat(report.probes()).hasSize(1);
    assertThat(report.explain())
        .contains("does not succeed even", "at 1024Mi it was OOM-killed", "Raise");
  }

  @Test
  void aCommandThatSucceedsAtTheMinimumNeedsAtMostThat() throws InterruptedException {
    FloorReport report = search(range(64, 128, 1), needing(10));

    assertThat(report.outcome()).isEqualTo(Outcome.AT_MOST_MIN);
    assertThat(report.floor()).hasValue(ByteSize.mebibytes(64));
    assertThat(report.explain()).contains("at most 64Mi", "3 times of 3");
  }

  @Test
  void oneThatFailsNowAndThenIsFlakyAndItsFloorIsWhereItNeverFailed() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    // Below 200 MiB every second run fails; below 100 all do.
    FloorSearch.Prober flaky =
        (limit, atMost) -> {
          boolean unlucky =
              limit.compareTo(ByteSize.mebibytes(200)) < 0 && runs.incrementAndGet() % 2 == 0;
          return unlucky ? probe(limit, Fate.FAILED) : needing(100).probe(limit, atMost);
        };

    FloorReport report = search(RANGE, flaky);

    assertThat(report.isFlaky()).isTrue();
    assertThat(report.floor()).hasValue(ByteSize.mebibytes(200));
    assertThat(report.explain()).contains("flaky");
  }

  @Test
  void oneThatFailsAtTheMaximumWhenRepeatedIsAboveIt() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    FloorSearch.Prober onceOnly =
        (limit, atMost) ->
            probe(limit, runs.getAndIncrement() == 0 ? Fate.SUCCEEDED : Fate.TIMED_OUT);

    FloorReport report = search(range(1, 16, 1), onceOnly);

    assertThat(report.outcome()).isEqualTo(Outcome.ABOVE_MAX);
    assertThat(report.isFlaky()).isTrue();
  }

  @Test
  void aPeakBelowTheNeedMisleadsOnlyForAWhile() throws InterruptedException {
    FloorSearch.Prober lying =
        (limit, atMost) -> {
          FloorProbe bare = needing(300).probe(limit, atMost);
          return new FloorProbe(
              limit, bare.fate(), Optional.of(result(ByteSize.mebibytes(50))), bare.duration(), "");
        };

    assertThat(search(RANGE, lying).floor()).hasValue(ByteSize.mebibytes(300));
  }

  @Test
  void atTheEndOfItsTimeItTellsWhatIsKnown() throws InterruptedException {
    timeout = Duration.ofSeconds(4);

    FloorReport report = search(RANGE, needing(100));

    assertThat(report.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    assertThat(report.probes()).hasSize(4);
    assertThat(report.floor()).isEmpty();
    assertThat(report.explain()).contains("The time for the search was over").contains("at most ");
  }

  @Test
  void aProbeThatIsCutOffTellsNothing() throws InterruptedException {
    FloorReport report = search(RANGE, (limit, atMost) -> probe(limit, Fate.CUT_OFF));

    assertThat(report.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    assertThat(report.explain()).contains("Nothing is known of it.");
  }

  @Test
  void aKillForAnotherLimitEndsTheSearch() throws InterruptedException {
    FloorSearch.Prober crowded =
        (limit, atMost) ->
            limit.equals(RANGE.max())
                ? needing(100).probe(limit, atMost)
                : probe(limit, Fate.OTHER_LIMIT);

    FloorReport report = search(RANGE, crowded);

    assertThat(report.outcome()).isEqualTo(Outcome.OTHER_LIMIT);
    assertThat(report.probes()).hasSize(2);
    assertThat(report.explain()).contains("another limit than its own", "It is at most 1024Mi.");
  }

  @Test
  void theRecommendationIsTheFloorWithATenthOrTwiceTheTolerance() throws InterruptedException {
    FloorReport large = search(RANGE, needing(333));
    FloorReport small = search(RANGE, needing(7));

    assertThat(large.recommendation()).hasValue(ByteSize.mebibytes(367));
    assertThat(large.explain()).contains("Recommended: 367Mi, the floor and 10 % of it");
    assertThat(small.recommendation()).hasValue(ByteSize.mebibytes(9));
    assertThat(small.explain()).contains("twice the tolerance");
  }

  @Test
  void thrashingNearTheFloorIsTold() throws InterruptedException {
    FloorSearch.Prober thrashing =
        (limit, atMost) -> {
          FloorProbe bare = needing(100).probe(limit, atMost);
          long millis = limit.compareTo(ByteSize.mebibytes(150)) < 0 ? 9000 : 1000;
          return new FloorProbe(
              limit, bare.fate(), Optional.empty(), Duration.ofMillis(millis), "");
        };

    assertThat(search(RANGE, thrashing).explain())
        .contains("It is slow there, 9.00 s and not 1.00 s as with 1024Mi")
        .containsPattern("with which it is not: (1[5-9]|2)\\d+");
  }

  @Test
  void theTableHasALineForEachProbe() throws InterruptedException {
    FloorReport report = search(range(1, 4, 1), needing(3, 0));

    assertThat(report.toTable().lines())
        .containsExactly(
            "  memory.max         peak      took  ended",
            "         4Mi          3Mi    1.00 s  succeeded",
            "         2Mi          2Mi    1.00 s  OOM-killed",
            "         3Mi          3Mi    1.00 s  succeeded",
            "         3Mi          3Mi    1.00 s  succeeded",
            "         3Mi          3Mi    1.00 s  succeeded");
  }
}
