package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BadnessTest {

  private static final long GIB = 262144;

  private static Badness badness(long rss, int adj) {
    return new Badness(rss, 0, 0, new OomScoreAdj(adj), 4 * GIB);
  }

  @Test
  void countsResidentSwappedAndPageTables() {
    assertThat(new Badness(100, 20, 3, OomScoreAdj.NEUTRAL, GIB).points()).isEqualTo(123);
  }

  @Test
  void dividesBeforeItMultipliesAsTheKernelDoes() {
    // 4 GiB are 1048576 pages, a thousandth is 1048 pages and not 1048.576
    assertThat(badness(0, 1000).points()).isEqualTo(1_048_000);
    assertThat(badness(GIB, -500).points()).isEqualTo(GIB - 524_000);
  }

  @Test
  void mapsToTheScoreOfBothEras() {
    assertThat(badness(0, 0).oomScore()).isEqualTo(666);
    assertThat(badness(GIB, 0).oomScore()).isEqualTo(833);
    assertThat(badness(GIB, 0).oomScoreBefore59()).isEqualTo(250);
    assertThat(badness(GIB, -900).oomScoreBefore59()).isZero();
    assertThat(badness(0, 1000).oomScore()).isEqualTo(1332);
  }

  @Test
  void refusesWhatTheKernelWouldRefuse() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OomScoreAdj(1001))
        .withMessageContaining("1001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OomScoreAdj(-1001))
        .withMessageContaining("-1001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Badness(0, 0, 0, OomScoreAdj.NEUTRAL, 0));
  }
}
