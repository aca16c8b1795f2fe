package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Whose limit it was, told by counters alone; real kernels prove the cases in ScopeOfKillIT. */
class LimitScopeTest {

  private static final String PARENT = "/system.slice";

  private static Evidence oneKill() {
    return Evidence.quiet().exit(137).kills(1).above(true, Evidence.above(PARENT, 0, 1));
  }

  private static LimitScope scope(Evidence evidence) {
    return ((ExitVerdict.OomKilled) evidence.judge()).scope();
  }

  @Test
  void theBoxHitItsOwnLimit() {
    assertThat(scope(oneKill().hits(1))).isEqualTo(LimitScope.OWN_LIMIT);
    assertThat(scope(oneKill().hits(5))).isEqualTo(LimitScope.OWN_LIMIT);
  }

  @Test
  void moreKillsThanHitsOfTheOwnLimitHadAnotherReasonToo() {
    Evidence evidence = oneKill().hits(1).kills(2);

    assertThat(scope(evidence)).isEqualTo(LimitScope.UNKNOWN);
    assertThat(evidence.judge().explain()).contains("fewer times than processes were killed");
  }

  @Test
  void aGroupKillCountsMoreThanItsOneHit() {
    assertThat(scope(oneKill().hits(1).kills(11).groups(1))).isEqualTo(LimitScope.OWN_LIMIT);
  }

  @Test
  void anAncestorHitItsLimitAndNobodyElseBelowItDied() {
    Evidence evidence =
        oneKill()
            .above(
                true,
                Evidence.above("/a/b/c", 0, 1),
                Evidence.above("/a/b", 1, 1),
                Evidence.above("/a", 0, 4));

    assertThat(scope(evidence)).isEqualTo(LimitScope.ANCESTOR_LIMIT);
    assertThat(evidence.judge().explain())
        .contains("because cgroup /a/b above this scope was at its limit");
  }

  @Test
  void ofTwoAncestorsBothAreNamed() {
    Evidence evidence =
        oneKill().above(true, Evidence.above("/a/b", 1, 1), Evidence.above("/a", 2, 1));

    assertThat(scope(evidence)).isEqualTo(LimitScope.ANCESTOR_LIMIT);
    assertThat(evidence.judge().explain()).contains("cgroup /a/b or /a above");
  }

  @Test
  void anAncestorWhereNeighboursDiedTooIsNamedAsLikelyOnly() {
    Evidence evidence = oneKill().above(true, Evidence.above(PARENT, 1, 2));

    assertThat(scope(evidence)).isEqualTo(LimitScope.UNKNOWN);
    assertThat(evidence.judge().explain())
        .contains("could not be told: likely that of cgroup " + PARENT)
        .contains("other processes below it were killed too");
  }

  @Test
  void anAncestorIsEnoughAlsoWhereThoseAboveItAreHidden() {
    assertThat(scope(oneKill().above(false, Evidence.above("/a", 1, 1))))
        .isEqualTo(LimitScope.ANCESTOR_LIMIT);
  }

  @Test
  void aKillForNobodysLimitIsTheMachines() {
    Evidence evidence = oneKill();

    assertThat(scope(evidence)).isEqualTo(LimitScope.SYSTEM);
    assertThat(evidence.judge().explain()).contains("because the machine was out of memory");
  }

  @Test
  void aKillForNobodysVisibleLimitIsNotYetTheMachines() {
    assertThat(scope(oneKill().above(false, Evidence.above(PARENT, 0, 1))))
        .isEqualTo(LimitScope.UNKNOWN);
  }

  @Test
  void anAncestorOfWhichTheHitsAreUnknownMayHaveBeenIt() {
    CgroupsAbove.Growth unknown =
        new CgroupsAbove.Growth(PARENT, OptionalLong.empty(), OptionalLong.of(1));

    assertThat(scope(oneKill().above(true, unknown))).isEqualTo(LimitScope.UNKNOWN);
  }

  @Test
  void aLimitInsideTheBoxIsNobodysAbove() {
    Evidence evidence = oneKill().nested(1);

    assertThat(scope(evidence)).isEqualTo(LimitScope.UNKNOWN);
    assertThat(evidence.judge().explain()).contains("a cgroup inside this scope hit its own");
  }

  @Test
  void aBareLineOfACgroupsLimitCanNotBeTheMachines() {
    OomKillEvent bare = Kills.bare(Evidence.PID);

    assertThat(scope(oneKill().records(bare))).isEqualTo(LimitScope.UNKNOWN);
    assertThat(scope(oneKill().records(bare).above(true, Evidence.above(PARENT, 1, 1))))
        .isEqualTo(LimitScope.ANCESTOR_LIMIT);
  }

  @Test
  void theKernelsRecordIsBelievedBeforeTheCounters() {
    Evidence evidence = oneKill().hits(1).records(Kills.atLimitOf("/", Kills.BOX, Evidence.PID));

    assertThat(scope(evidence)).isEqualTo(LimitScope.ANCESTOR_LIMIT);
  }

  @Test
  void nodesThatRanOutAreNamedAsSuch() {
    OomKillEvent cpuset =
        Kills.event(
            OomConstraint.CPUSET, Optional.empty(), Optional.of(Kills.BOX), Evidence.PID, "hog");
    OomKillEvent policy =
        Kills.event(
            OomConstraint.MEMORY_POLICY,
            Optional.empty(),
            Optional.of(Kills.BOX),
            Evidence.PID,
            "hog");

    assertThat(scope(oneKill().records(cpuset))).isEqualTo(LimitScope.SYSTEM);
    assertThat(oneKill().records(cpuset).judge().explain()).contains("nodes of its cpuset");
    assertThat(scope(oneKill().records(policy))).isEqualTo(LimitScope.SYSTEM);
    assertThat(oneKill().records(policy).judge().explain()).contains("of its memory policy");
  }
}
