package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What verdicts say where evidence is missing, and who else may have killed. */
class ConfidenceTest {

  private static final long PID = Evidence.PID;

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 143})
  void anEndOfWhichNoCounterCouldBeReadIsNoProofThatNothingWasKilled(int exitValue) {
    ExitVerdict verdict =
        new Evidence().exit(exitValue).system(OptionalLong.of(2)).gap("the box is gone").judge();

    assertThat(verdict.confidence()).isEqualTo(Confidence.INCOMPLETE);
    assertThat(verdict.explain())
        .doesNotContain("no OOM kill was seen")
        .contains("could not be told")
        .contains("Not known: the box is gone.");
  }

  @Test
  void aMachineOnWhichNothingWasKilledProvesIt() {
    ExitVerdict verdict = new Evidence().exit(0).system(OptionalLong.of(0)).judge();

    assertThat(verdict.confidence()).isEqualTo(Confidence.CERTAIN);
    assertThat(verdict.explain()).contains("no OOM kill was seen");
  }

  @Test
  void aRecordThatNamesThePidIsCertain() {
    ExitVerdict verdict =
        Evidence.quiet()
            .exit(137)
            .kills(1)
            .hits(1)
            .records(Kills.atLimitOf(Kills.BOX, Kills.BOX, PID))
            .judge();

    assertThat(verdict.confidence()).isEqualTo(Confidence.CERTAIN);
    assertThat(verdict.explain()).doesNotContain("as shells do");
  }

  @Test
  void aKillThatOnlyTheCountersTellMayHaveBeenAChilds() {
    ExitVerdict verdict = Evidence.quiet().exit(137).kills(1).hits(1).judge();

    assertThat(verdict.confidence()).isEqualTo(Confidence.LIKELY);
    assertThat(verdict.explain()).contains("returned the 137 of a child, as shells do");
  }

  @Test
  void aChildsRecordIsNoProofWhileAnotherKillHasNone() {
    OomKillEvent childs = Kills.atLimitOf(Kills.BOX, Kills.BOX, PID + 1);
    Evidence one = Evidence.quiet().exit(137).kills(1).hits(1).records(childs);
    Evidence two = Evidence.quiet().exit(137).kills(2).hits(2).records(childs);
    Evidence survived = Evidence.quiet().exit(5).kills(2).hits(2).records(childs);

    assertThat(one.judge()).isInstanceOf(ExitVerdict.DescendantOomKilled.class);
    assertThat(one.judge().confidence()).isEqualTo(Confidence.CERTAIN);
    assertThat(two.judge().confidence()).isEqualTo(Confidence.LIKELY);
    assertThat(two.judge().explain()).contains("the command may have been killed too");
    assertThat(survived.judge().confidence()).isEqualTo(Confidence.CERTAIN);
  }

  @Test
  void aGroupKillIsToldAsOne() {
    Evidence evidence = Evidence.quiet().exit(137).kills(11).groups(1).hits(1);

    assertThat(evidence.judge())
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class, killed -> assertThat(killed.group()).isTrue());
    assertThat(evidence.judge().explain()).contains("memory.oom.group");
    assertThat(Evidence.quiet().exit(137).kills(1).hits(1).judge())
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class, killed -> assertThat(killed.group()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(ints = {137, 143})
  void aUserspaceKillerIsNamedWithItsTrace(int exitValue) {
    ExitVerdict verdict =
        Evidence.quiet().exit(exitValue).userspace("systemd-oomd", "a trace\nof it").judge();

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ExitVerdict.UserspaceOomKilled.class,
            killed -> assertThat(killed.killer()).isEqualTo("systemd-oomd"));
    assertThat(verdict.confidence()).isEqualTo(Confidence.CERTAIN);
    assertThat(verdict.explain())
        .startsWith("Killed by systemd-oomd")
        .doesNotContain("\n")
        .contains("Its trace: a trace");
  }

  @Test
  void aUserspaceKillerDidNotEndACommandThatExited() {
    assertThat(Evidence.quiet().exit(0).userspace("earlyoom", "a trace").judge())
        .isInstanceOf(ExitVerdict.Exited.class);
  }

  @Test
  void theKernelsRecordOfTheCommandIsBelievedBeforeAUserspaceKiller() {
    OomKillEvent own = Kills.atLimitOf(Kills.BOX, Kills.BOX, PID);
    Evidence evidence =
        Evidence.quiet().exit(137).kills(1).hits(1).userspace("earlyoom", "a trace");

    assertThat(evidence.records(own).judge()).isInstanceOf(ExitVerdict.OomKilled.class);
    assertThat(evidence.records(Kills.atLimitOf(Kills.BOX, Kills.BOX, PID + 1)).judge())
        .isInstanceOf(ExitVerdict.UserspaceOomKilled.class);
  }

  @Test
  void inAPidNamespaceABarePidProvesNothing() {
    OomKillEvent samePid = Kills.atLimitOf(Kills.BOX, Kills.BOX, PID);
    ExitVerdict verdict =
        Evidence.quiet().withoutKernelPid().exit(137).kills(1).hits(1).records(samePid).judge();

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class,
            killed -> assertThat(killed.kernelRecord()).contains(samePid));
    assertThat(verdict.confidence()).isEqualTo(Confidence.LIKELY);
  }

  @Test
  void inAPidNamespaceTheFirstOfTheBoxIsTheCommand() {
    OomKillEvent first = Kills.dumped(5007, 5007, 5009);
    OomKillEvent second = Kills.dumped(5009, 5007, 5009);
    Evidence evidence = Evidence.quiet().withoutKernelPid().exit(137).kills(1).hits(1);

    assertThat(evidence.records(first).judge())
        .isInstanceOf(ExitVerdict.OomKilled.class)
        .returns(Confidence.CERTAIN, ExitVerdict::confidence);
    assertThat(evidence.records(second).judge())
        .isInstanceOf(ExitVerdict.DescendantOomKilled.class);
    assertThat(evidence.records(second, first).build().recordOfProcess()).contains(first);
  }

  @Test
  void evidenceKeepsItsOwnCopyOfWhatItWasGiven() {
    List<CgroupsAbove.Growth> growths = new java.util.ArrayList<>();
    CgroupsAbove above = new CgroupsAbove(growths, true);
    growths.add(Evidence.above("/a", 1, 1));

    assertThat(above.nearestFirst()).isEmpty();
    assertThat(above.limited()).isEmpty();
  }
}
