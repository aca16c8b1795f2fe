package io.github.oom4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Predictions against the kernel's own choice. */
@Needs({Need.GUEST, Need.ROOT, Need.CGROUP_V2, Need.KMSG, Need.CAP_SYS_RESOURCE})
class RankingTrialsIT {

  @ParameterizedTest
  @EnumSource(RankingTrials.Scenario.class)
  void theKernelPicksWhatWasPredicted(RankingTrials.Scenario scenario) throws Exception {
    assertHits(scenario, 3);
  }

  @ParameterizedTest
  @EnumSource(RankingTrials.Scenario.class)
  @Tag("exhaustive")
  void theKernelPicksWhatWasPredictedEachTime(RankingTrials.Scenario scenario) throws Exception {
    assertHits(scenario, 25);
  }

  private static void assertHits(RankingTrials.Scenario scenario, int trials) throws Exception {
    RankingTrials.Tally tally = RankingTrials.run(scenario, trials, 20_261_127);

    assertThat(tally.misses()).isEmpty();
    assertThat(tally.hits() + tally.withinMargin()).isEqualTo(trials);
    assertThat(tally.hits()).isPositive();
  }
}
