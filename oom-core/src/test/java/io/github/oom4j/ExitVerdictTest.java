package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of verdicts, line by line. */
class ExitVerdictTest {

  private static final long PID = 198;
  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  private static OptionalLong n(long value) {
    return OptionalLong.of(value);
  }

  private static OomEvidence evidence(
      int exitValue,
      OptionalLong oomKills,
      OptionalLong limitHits,
      OptionalLong systemOomKills,
      OomKillEvent... records) {
    return new Evidence()
        .exit(exitValue)
        .kills(oomKills)
        .hits(limitHits)
        .system(systemOomKills)
        .records(records)
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 125, 126, 127, 128, 160, 255})
  void anExitCodeWithoutKillsIsAnExit(int code) {
    ExitVerdict verdict = ExitVerdict.of(evidence(code, n(0), n(0), n(0)));

    assertThat(verdict).isInstanceOf(ExitVerdict.Exited.class);
    assertThat(verdict.explain()).contains("xited with code " + code);
  }

  @Test
  void aKillElsewhereOnTheMachineDoesNotMatterToAnExit() {
    assertThat(ExitVerdict.of(evidence(0, n(0), n(0), n(5))))
        .isInstanceOf(ExitVerdict.Exited.class);
  }

  @Test
  void anotherSignalIsNeverTheOomKiller() {
    ExitVerdict.Killed verdict =
        (ExitVerdict.Killed) ExitVerdict.of(evidence(143, UNKNOWN, UNKNOWN, UNKNOWN));

    assertThat(verdict.signal()).isEqualTo(15);
    assertThat(verdict.oomRuledOut()).isTrue();
    assertThat(verdict.explain()).contains("SIGTERM");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 143})
  void aKillInTheBoxThatTheCommandSurvivedIsADescendants(int code) {
    ExitVerdict verdict =
        ExitVerdict.of(
            evidence(code, n(1), n(1), n(1), Kills.atLimitOf(Kills.BOX, Kills.BOX, 200)));

    assertThat(verdict).isInstanceOf(ExitVerdict.DescendantOomKilled.class);
    assertThat(((ExitVerdict.DescendantOomKilled) verdict).scope()).isEqualTo(LimitScope.OWN_LIMIT);
    assertThat(verdict.explain()).contains("hog (pid 200)").contains(String.valueOf(code));
  }

  @Test
  void aRecordThatNamesThePidIsAnOomKill() {
    OomKillEvent record = Kills.atLimitOf(Kills.BOX, Kills.BOX, PID);

    ExitVerdict verdict = ExitVerdict.of(evidence(137, n(1), n(1), n(1), record));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class,
            killed -> {
              assertThat(killed.scope()).isEqualTo(LimitScope.OWN_LIMIT);
              assertThat(killed.kernelRecord()).contains(record);
            });
    assertThat(verdict.explain())
        .contains("hog (pid 198) hit this scope's memory.max of 60Mi")
        .contains(record.killLine())
        .contains("Peak memory: 60Mi");
  }

  @Test
  void aShellThatReturnedItsChilds137WasNotKilledItself() {
    ExitVerdict verdict =
        ExitVerdict.of(evidence(137, n(1), n(1), n(1), Kills.atLimitOf(Kills.BOX, Kills.BOX, 200)));

    assertThat(verdict).isInstanceOf(ExitVerdict.DescendantOomKilled.class);
  }

  @Test
  void countersAloneTellTheBoxsOwnLimit() {
    ExitVerdict verdict = ExitVerdict.of(evidence(137, n(1), n(1), n(1)));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class,
            killed -> assertThat(killed.scope()).isEqualTo(LimitScope.OWN_LIMIT));
    assertThat(verdict.explain()).contains("The kernel's own record was not found");
    assertThat(verdict.confidence()).isEqualTo(Confidence.LIKELY);
  }

  @Test
  void countersAloneCanNotTellAnAncestorFromTheMachine() {
    ExitVerdict verdict = ExitVerdict.of(evidence(137, n(1), n(0), n(1)));

    assertThat(((ExitVerdict.OomKilled) verdict).scope()).isEqualTo(LimitScope.UNKNOWN);
  }

  @Test
  void aRecordTellsAnAncestorFromTheMachine() {
    OomKillEvent ancestor = Kills.atLimitOf("/system.slice", Kills.BOX, PID);

    ExitVerdict byAncestor = ExitVerdict.of(evidence(137, n(1), n(0), n(1), ancestor));
    ExitVerdict bySystem = ExitVerdict.of(evidence(137, n(1), n(0), n(1), Kills.systemWide(PID)));

    assertThat(((ExitVerdict.OomKilled) byAncestor).scope()).isEqualTo(LimitScope.ANCESTOR_LIMIT);
    assertThat(byAncestor.explain()).contains("cgroup /system.slice above");
    assertThat(((ExitVerdict.OomKilled) bySystem).scope()).isEqualTo(LimitScope.SYSTEM);
    assertThat(bySystem.explain()).contains("the machine was out of memory");
  }

  @Test
  void theLimitOfACgroupInsideTheBoxIsNotTheBoxs() {
    String inner = Kills.BOX + "/inner";

    ExitVerdict verdict =
        ExitVerdict.of(evidence(137, n(1), n(0), n(1), Kills.atLimitOf(inner, inner, PID)));

    assertThat(((ExitVerdict.OomKilled) verdict).scope()).isEqualTo(LimitScope.UNKNOWN);
  }

  @Test
  void aBoxInACgroupNamespaceKnowsTheEndOfItsPath() {
    OomKillEvent record =
        Kills.atLimitOf("/docker/abc" + Kills.BOX, "/docker/abc" + Kills.BOX, PID);

    ExitVerdict verdict = ExitVerdict.of(evidence(137, n(1), n(1), n(1), record));

    assertThat(((ExitVerdict.OomKilled) verdict).scope()).isEqualTo(LimitScope.OWN_LIMIT);
  }

  @Test
  void aBareKillLineLeavesTheScopeToTheCounters() {
    ExitVerdict own = ExitVerdict.of(evidence(137, n(1), n(3), n(1), Kills.bare(PID)));
    ExitVerdict unknown = ExitVerdict.of(evidence(137, n(1), n(0), n(1), Kills.bare(PID)));

    assertThat(((ExitVerdict.OomKilled) own).scope()).isEqualTo(LimitScope.OWN_LIMIT);
    assertThat(((ExitVerdict.OomKilled) unknown).scope()).isEqualTo(LimitScope.UNKNOWN);
  }

  @Test
  void sigkillWithoutAnyOomKillOnTheMachineRulesTheOomKillerOut() {
    ExitVerdict verdict = ExitVerdict.of(evidence(137, n(0), n(2), n(0)));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ExitVerdict.Killed.class, killed -> assertThat(killed.oomRuledOut()).isTrue());
    assertThat(verdict.explain()).contains("ruled out").contains("/proc/vmstat");
  }

  @Test
  void sigkillWithoutAnOomKillInTheBoxRulesItOutEvenIfOthersDied() {
    ExitVerdict verdict = ExitVerdict.of(evidence(137, n(0), n(0), n(4)));

    assertThat(((ExitVerdict.Killed) verdict).oomRuledOut()).isTrue();
    assertThat(verdict.explain()).contains("oom_kill of its cgroup did not grow");
  }

  @Test
  void sigkillOfWhichNothingIsKnownIsNotRuledOut() {
    OomEvidence nothing = new Evidence().exit(137).gap("/dev/kmsg needs CAP_SYSLOG").build();

    ExitVerdict verdict = ExitVerdict.of(nothing);

    assertThat(((ExitVerdict.Killed) verdict).oomRuledOut()).isFalse();
    assertThat(verdict.explain())
        .contains("may have been the OOM killer")
        .doesNotContain("no OOM kill was seen")
        .contains("Not known: /dev/kmsg needs CAP_SYSLOG");
  }

  @Test
  void worksForAProcessWithoutABox() {
    OomKillEvent record = Kills.atLimitOf("/a", "/a", PID);

    ExitVerdict killed =
        ExitVerdict.of(OomEvidence.ofProcess(PID, 137, n(1), List.of(Kills.systemWide(7), record)));
    ExitVerdict other =
        ExitVerdict.of(OomEvidence.ofProcess(PID, 137, n(1), List.of(Kills.systemWide(7))));

    assertThat(((ExitVerdict.OomKilled) killed).kernelRecord()).contains(record);
    assertThat(((ExitVerdict.OomKilled) killed).scope()).isEqualTo(LimitScope.UNKNOWN);
    assertThat(((ExitVerdict.Killed) other).oomRuledOut()).isFalse();
  }

  @Test
  void anyVerdictMayBeAskedWhatOnlyKillsHave() {
    OomKillEvent record = Kills.atLimitOf(Kills.BOX, Kills.BOX, PID);
    ExitVerdict killed = ExitVerdict.of(evidence(137, n(1), n(1), n(1), record));
    ExitVerdict lost = ExitVerdict.of(evidence(0, n(1), n(1), n(1), record));
    ExitVerdict exited = ExitVerdict.of(evidence(0, n(0), n(0), n(0)));

    assertThat(List.of(killed, lost))
        .allSatisfy(
            verdict -> {
              assertThat(verdict.limitScope()).contains(LimitScope.OWN_LIMIT);
              assertThat(verdict.kernelRecord()).contains(record);
            });
    assertThat(exited).isInstanceOf(ExitVerdict.Exited.class);
    assertThat(exited.limitScope()).isEmpty();
    assertThat(exited.kernelRecord()).isEmpty();
    assertThat(exited.group()).isFalse();
  }
}
