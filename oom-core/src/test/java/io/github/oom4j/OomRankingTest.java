package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.github.oom4j.internal.ScoreFormula;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A captured /proc of user-mode Linux 7.2: five hogs in two cgroups, one of which dies as a whole.
 * {@code killed} is what the kernel then said of sysrq-f.
 */
class OomRankingTest {

  private static final String HOST = "uml-7.x-processes";
  private static final ProcFs PROC = ProcFs.at(Fixture.path(HOST + "/proc"));

  private static final long BIG = 808;
  private static final long SMALL_BESIDE_IT = 809;
  private static final long PROTECTED_BESIDE_IT = 810;
  private static final long FIRST_TWIN = 811;
  private static final long SECOND_TWIN = 812;

  private static List<Long> pids(List<OomScore> processes) {
    return processes.stream().map(OomScore::pid).toList();
  }

  @Test
  void predictsTheGroupThatTheKernelThenKilled() throws IOException {
    OomPrediction prediction = PROC.ranking().prediction();

    String killed = Fixture.text(HOST + "/killed");
    assertThat(prediction.fate()).isEqualTo(OomFate.KILL);
    assertThat(pids(prediction.victims()))
        .containsExactly(BIG, SMALL_BESIDE_IT)
        .allSatisfy(pid -> assertThat(killed).contains("Killed process " + pid + " (hog)"));
    assertThat(prediction.group()).contains("/oom4j/pair");
    assertThat(killed).contains("Tasks in /oom4j/pair are going to be killed");
    assertThat(prediction.confidence()).isEqualTo(Confidence.CERTAIN);
    assertThat(prediction.explain())
        .startsWith("If the machine is out of memory, the kernel kills hog (pid 808) (")
        .endsWith("1 other process of cgroup /oom4j/pair (memory.oom.group is 1 there).");
  }

  @Test
  void tellsWhatEachProcessIs() {
    OomRanking ranking = PROC.ranking();

    assertThat(ranking.unreadable()).isEmpty();
    assertThat(ranking.vanished()).isZero();
    assertThat(ranking.appeared()).isFalse();
    assertThat(ranking.blindSpots()).isEmpty();
    assertThat(ranking.spared())
        .extracting(OomScore::pid, OomScore::killability)
        .contains(
            tuple(1L, Killability.INIT),
            tuple(2L, Killability.KERNEL_THREAD),
            tuple(PROTECTED_BESIDE_IT, Killability.PROTECTED));
    OomScore big = ranking.next().orElseThrow();
    assertThat(big.cgroup()).contains("/oom4j/pair");
    assertThat(big.dying()).isFalse();
    ProcessMemory memory = big.memory().orElseThrow();
    assertThat(memory.freedByKill()).contains(ByteSize.kibibytes(41272));
    assertThat(memory.rss()).isEqualTo(ByteSize.kibibytes(41272 + 664));
    assertThat(memory.pgtables()).isEqualTo(ByteSize.kibibytes(108));
    assertThat(big.startTime()).isPositive();
  }

  @Test
  void recomputesEveryScoreThatTheKernelPrinted() {
    assertThat(PROC.ranking().victims())
        .hasSizeGreaterThan(5)
        .allSatisfy(p -> assertThat(p.badness().orElseThrow().oomScore()).isEqualTo(p.score()));
  }

  @Test
  void ofTwinsTheLaterOneIsNextAndWithinTheMarginItMayBeTheOther() {
    OomPrediction prediction = PROC.ranking().withAdj(BIG, -1000).prediction();

    assertThat(pids(prediction.victims())).containsExactly(SECOND_TWIN);
    assertThat(prediction.group()).isEmpty();
    assertThat(pids(prediction.rivals())).containsExactly(FIRST_TWIN);
    // One CPU: 4 counters of up to 32 pages, of two processes.
    assertThat(prediction.margin()).isEqualTo(ByteSize.mebibytes(1));
    assertThat(prediction.confidence()).isEqualTo(Confidence.LIKELY);
    assertThat(prediction.explain())
        .contains("Within the margin of 1.0Mi it might be hog (pid 811) instead.");
  }

  @Test
  void whatIfSomebodyWereAdjustedOrGrew() {
    OomRanking ranking = PROC.ranking();

    assertThat(ranking.withAdj(FIRST_TWIN, 1000).next()).map(OomScore::pid).contains(FIRST_TWIN);
    assertThat(ranking.withAdj(PROTECTED_BESIDE_IT, 900).next())
        .map(OomScore::pid)
        .contains(PROTECTED_BESIDE_IT);
    assertThat(ranking.withGrowth(SECOND_TWIN, ByteSize.gibibytes(1)).next())
        .map(OomScore::pid)
        .contains(SECOND_TWIN);
    assertThat(ranking.next()).as("it is immutable").map(OomScore::pid).contains(BIG);
    assertThatIllegalArgumentException().isThrownBy(() -> ranking.withAdj(4242, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> ranking.withAdj(2, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> ranking.withAdj(BIG, 1001));
  }

  @Test
  void withLessMemoryAnAdjustmentWeighsLess() {
    OomRanking ranking = PROC.ranking().withAdj(SMALL_BESIDE_IT, 50).withAdj(BIG, 0);

    assertThat(ranking.positionOf(SMALL_BESIDE_IT).orElseThrow())
        .isLessThan(ranking.positionOf(BIG).orElseThrow());
    OomRanking tight = ranking.withLimit(ByteSize.mebibytes(64));
    assertThat(tight.positionOf(BIG).orElseThrow())
        .isLessThan(tight.positionOf(SMALL_BESIDE_IT).orElseThrow());
  }

  @Test
  void theLeastProtectionIsTheLastValueThatSaves() {
    OomRanking ranking = PROC.ranking();

    OomProtection protection = ranking.protect(FIRST_TWIN);
    assertThat(protection.isSafeNow()).isTrue();

    OomProtection big = ranking.protect(BIG);
    int adj = big.adj().value();
    assertThat(adj).isBetween(-1000, 299);
    assertThat(big.then().mayKill(BIG)).isFalse();
    assertThat(pids(big.then().victims())).containsExactly(SECOND_TWIN);
    assertThat(ranking.withAdj(BIG, adj + 1).prediction().mayKill(BIG)).isTrue();
  }

  @Test
  void oneInADoomedGroupIsSavedByMinus1000Only() {
    assertThat(PROC.ranking().protect(SMALL_BESIDE_IT).adj()).isEqualTo(OomScoreAdj.PROTECTED);
  }

  @Test
  void aCgroupRanksItsOwnInTheOrderOfItsList() {
    OomDomain domain =
        OomDomain.cgroup(
            "/oom4j/single",
            ByteSize.mebibytes(64),
            ByteSize.ZERO,
            List.of(SECOND_TWIN, FIRST_TWIN),
            true);
    OomRanking ranking = PROC.ranking(domain);
    long ahead = points(ranking.victims().get(0)) - points(ranking.victims().get(1));
    OomRanking tied =
        ranking.withGrowth(ranking.victims().get(1).pid(), ByteSize.bytes(4096 * ahead));

    assertThat(points(tied.victims().get(0))).isEqualTo(points(tied.victims().get(1)));
    assertThat(pids(tied.victims())).containsExactly(FIRST_TWIN, SECOND_TWIN);
    assertThat(ranking.next().orElseThrow().badness().orElseThrow().totalpages())
        .isEqualTo(64 * 256);
    assertThat(ranking.prediction().explain())
        .startsWith("If cgroup /oom4j/single is at its limit, the kernel kills hog (pid 81");
  }

  private static long points(OomScore process) {
    return process.badness().orElseThrow().points();
  }

  @Test
  void aProcessOfAnotherPidNamespaceIsABlindSpot() {
    OomDomain domain =
        OomDomain.cgroup(
            "/oom4j/pair", ByteSize.mebibytes(64), ByteSize.ZERO, List.of(BIG, 0L, 777_777L), true);
    OomRanking ranking = PROC.ranking(domain);

    assertThat(ranking.unreadable()).containsExactly(0L);
    assertThat(ranking.vanished()).isEqualTo(1);
    assertThat(ranking.prediction().blindSpots()).containsExactly(BlindSpot.UNREADABLE);
    assertThat(ranking.prediction().confidence()).isEqualTo(Confidence.INCOMPLETE);
    assertThat(ranking.prediction().explain()).contains("Not seen: some processes");
  }

  @Test
  void theKernelsSettingsComeFirst() {
    OomRanking ranking = PROC.ranking();

    assertThat(with(ranking, 1, false, false)).isEqualTo(OomFate.PANIC);
    assertThat(with(ranking, 1, false, true)).isEqualTo(OomFate.KILL);
    assertThat(with(ranking, 2, false, true)).isEqualTo(OomFate.PANIC);
    assertThat(with(ranking, 0, true, false)).isEqualTo(OomFate.KILL_ALLOCATING_TASK);
    assertThat(with(ranking, 0, true, true)).isEqualTo(OomFate.KILL);
  }

  private static OomFate with(
      OomRanking ranking, int panicOnOom, boolean killAllocatingTask, boolean cgroup) {
    OomRules rules =
        new OomRules(
            4096,
            1 << 20,
            ScoreFormula.UNKNOWN,
            0,
            panicOnOom,
            killAllocatingTask,
            Map.of(),
            Set.of());
    OomDomain domain =
        cgroup
            ? OomDomain.cgroup("/a", ByteSize.mebibytes(1), ByteSize.ZERO, List.of(BIG), true)
            : ranking.domain();
    List<Candidate> one =
        List.of(
            new Candidate(ranking.next().orElseThrow(), ranking.next().orElseThrow().badness(), 0));
    OomPrediction prediction =
        new OomRanking(domain, rules, one, List.of(), new OomRanking.Churn(0, false)).prediction();
    assertThat(prediction.explain()).startsWith("If ").endsWith(".");
    assertThat(prediction.victims().isEmpty()).isEqualTo(prediction.fate() != OomFate.KILL);
    return prediction.fate();
  }

  @Test
  void ranksThoseWhoMayUseANode() {
    OomRanking ranking = PROC.rankingOfNodes("0");

    assertThat(pids(ranking.victims())).isEqualTo(pids(PROC.ranking().victims()));
    assertThat(ranking.domain().nodes()).contains("0");
    assertThat(ranking.prediction().explain()).startsWith("If memory nodes 0 are out of memory");
    assertThatIllegalArgumentException().isThrownBy(() -> PROC.rankingOfNodes("0-1"));
    assertThatIllegalArgumentException().isThrownBy(() -> PROC.rankingOfNodes("x"));
  }

  @Test
  void aWatchCallsBackWhenTheHeadChanges() {
    OomRanking before = PROC.ranking();
    var changed = OomRankingWatch.headChanges();
    assertThat(changed.test(Optional.empty(), before)).isTrue();
    assertThat(changed.test(Optional.of(before), before)).isFalse();
    assertThat(changed.test(Optional.of(before), before.withAdj(FIRST_TWIN, 1000))).isTrue();
    var among = OomRankingWatch.isAmong(FIRST_TWIN, 1);
    assertThat(among.test(Optional.empty(), before)).isFalse();
    assertThat(among.test(Optional.of(before), before.withAdj(FIRST_TWIN, 1000))).isTrue();
    assertThat(among.test(Optional.of(before.withAdj(FIRST_TWIN, 1000)), before)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OomRanking.watch(Duration.ZERO, ranking -> {}));
    assertThatIllegalArgumentException().isThrownBy(() -> OomRankingWatch.isAmong(1, 0));
  }

  @Test
  void countersAreKeptPerCpuSince62() {
    assertThat(RankingScan.countsPerCpu("6.1.0-26-amd64\n")).isFalse();
    assertThat(RankingScan.countsPerCpu("5.15.0")).isFalse();
    assertThat(RankingScan.countsPerCpu("6.2.0")).isTrue();
    assertThat(RankingScan.countsPerCpu("7.2.7\n")).isTrue();
    assertThat(RankingScan.countsPerCpu("")).as("unknown").isTrue();
  }
}
