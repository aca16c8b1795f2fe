package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Confidence;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.LimitScope;
import io.github.oom4j.OomKillEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AutopsyTest {

  private static final long PID = 42;
  private static final ByteSize LIMIT = ByteSize.mebibytes(64);

  private final Cgroup box = Cgroup.at(Captured.path("uml-6.1/box"));
  private final Snapshot before = counters(OptionalLong.of(5), OptionalLong.of(0), 0);

  @Test
  void aKillIsQuotedFromTheLog() {
    OomKillEvent kill = Kills.in(box.name(), PID);

    ScopeResult result =
        autopsy(before)
            .perform(
                137,
                counters(OptionalLong.of(6), OptionalLong.of(1), 1),
                () -> Optional.of(() -> List.of(kill)));

    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class,
            killed -> {
              assertThat(killed.scope()).isEqualTo(LimitScope.OWN_LIMIT);
              assertThat(killed.kernelRecord()).contains(kill);
            });
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.peak()).contains(LIMIT);
    assertThat(result.events().oomKill()).hasValue(1);
    assertThat(result.backend()).isEqualTo(ScopeBackend.CGROUPFS);
  }

  @Test
  void withoutAReaderOfTheLogTheCountersDecideAndTheGapIsTold() {
    ScopeResult result =
        autopsy(before)
            .perform(137, counters(OptionalLong.of(6), OptionalLong.of(1), 1), Optional::empty);

    assertThat(result.verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
    assertThat(result.verdict().explain())
        .contains("hit this scope's memory.max of 64Mi")
        .contains("nothing on the path reads the kernel's log; add oom-kmsg");
  }

  @Test
  void whereNothingWasKilledTheLogIsNotAsked() {
    ScopeResult result =
        autopsy(before)
            .perform(
                0,
                counters(OptionalLong.of(6), OptionalLong.of(0), 0),
                () -> Optional.of(AutopsyTest::mustNotBeAsked));

    assertThat(result.verdict()).isInstanceOf(ExitVerdict.Exited.class);
  }

  /** A command that may move to another cgroup can be killed there. */
  @Test
  void whereOthersWereKilledTheLogIsAskedForTheCommand() {
    OomKillEvent ofCommand = Kills.in("/elsewhere", PID);
    Snapshot after = counters(OptionalLong.of(6), OptionalLong.of(0), 0);

    ScopeResult killed =
        autopsy(before).perform(137, after, () -> Optional.of(() -> List.of(ofCommand)));
    ScopeResult spared =
        autopsy(before)
            .perform(137, after, () -> Optional.of(() -> List.of(Kills.in("/elsewhere", PID + 1))));

    assertThat(killed.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class,
            verdict -> assertThat(verdict.kernelRecord()).contains(ofCommand));
    assertThat(killed.verdict().explain()).contains("of cgroup /elsewhere, outside of this scope");
    assertThat(spared.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.Killed.class, verdict -> assertThat(verdict.oomRuledOut()).isTrue());
  }

  /** v1 forgets the kills in a nested cgroup when that is removed. */
  @Test
  void ofV1TheLogIsAskedWheneverOthersWereKilled() {
    OomKillEvent nested = Kills.in(box.name() + "/n", PID + 1);
    Snapshot after = counters(OptionalLong.of(6), OptionalLong.of(0), 0);
    Autopsy autopsy = autopsy(ScopeBackend.CGROUP_V1, before);

    assertThat(autopsy.perform(0, after, () -> Optional.of(() -> List.of(nested))).verdict())
        .isInstanceOf(ExitVerdict.DescendantOomKilled.class);
    assertThat(autopsy.perform(0, after, () -> Optional.of(List::of)).verdict().confidence())
        .isEqualTo(Confidence.CERTAIN);
    assertThat(autopsy.perform(0, after, Optional::empty).verdict().confidence())
        .isEqualTo(Confidence.INCOMPLETE);
  }

  /** A hit of its limit is no proof that the kill was for that. */
  @Test
  void ofV1TheCountersAloneTellOnlyWhatHasOneExplanation() {
    Snapshot after = counters(OptionalLong.of(6), OptionalLong.of(1), 1);

    assertThat(
            autopsy(ScopeBackend.CGROUP_V1, before)
                .perform(137, after, Optional::empty)
                .verdict()
                .limitScope())
        .contains(LimitScope.UNKNOWN);
  }

  @Test
  void whereTheBoxCannotTellTheMachineRulesOut() {
    ScopeResult result =
        autopsy(before)
            .perform(
                137,
                counters(OptionalLong.of(5), OptionalLong.empty(), 0),
                () -> Optional.of(AutopsyTest::mustNotBeAsked));

    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.Killed.class, killed -> assertThat(killed.oomRuledOut()).isTrue());
  }

  @Test
  void whereNothingCanTellTheLogIsAsked() {
    OomKillEvent kill = Kills.in(box.name(), PID);

    ScopeResult result =
        autopsy(before)
            .perform(
                137,
                counters(OptionalLong.empty(), OptionalLong.empty(), 0),
                () -> Optional.of(() -> List.of(kill)));

    assertThat(result.verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
  }

  @Test
  void aChildThatWasKilledIsADescendant() {
    OomKillEvent kill = Kills.in(box.name(), PID + 1);

    ScopeResult result =
        autopsy(before)
            .perform(
                5,
                counters(OptionalLong.of(6), OptionalLong.of(1), 1),
                () -> Optional.of(() -> List.of(kill)));

    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.DescendantOomKilled.class,
            killed -> assertThat(killed.kernelRecord()).contains(kill));
  }

  @Test
  void aBoxThatIsGoneLeavesAGap() {
    Snapshot gone = Snapshot.of(Cgroup.at(Captured.path("uml-6.1/root")));

    assertThat(gone.events()).isEqualTo(MemoryEvents.UNKNOWN);
    assertThat(gone.gaps()).first().asString().startsWith("the counters of the box: could not");
  }

  private static List<OomKillEvent> mustNotBeAsked() {
    throw new AssertionError("the log was read");
  }

  private Autopsy autopsy(Snapshot before) {
    return autopsy(ScopeBackend.CGROUPFS, before);
  }

  private Autopsy autopsy(ScopeBackend backend, Snapshot before) {
    return new Autopsy(backend, box, before, new KernelRecords("box", PID, Instant.now()), PID);
  }

  private Snapshot counters(OptionalLong system, OptionalLong kills, long limitHits) {
    return new Snapshot(
        system,
        new MemoryEvents(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            kills,
            OptionalLong.empty()),
        OptionalLong.of(limitHits),
        Optional.of(Limit.of(LIMIT)),
        Optional.of(LIMIT),
        Lineage.of(box.path(), box.name()),
        List.of(),
        List.of());
  }
}
