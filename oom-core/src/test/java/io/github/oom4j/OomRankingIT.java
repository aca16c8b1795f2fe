package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Needs(Need.LINUX)
class OomRankingIT {

  @Test
  void ordersByPointsAndAccountsForEveryProcess() {
    OomRanking ranking = OomRanking.system();

    assertThat(ranking.victims())
        .isNotEmpty()
        .isSortedAccordingTo((a, b) -> Long.compare(points(b), points(a)))
        .allSatisfy(p -> assertThat(p.killability()).isEqualTo(Killability.KILLABLE));
    assertThat(ranking.next()).contains(ranking.victims().get(0));
    long self = ProcessHandle.current().pid();
    int position = ranking.positionOf(self).orElseThrow();
    assertThat(ranking.victims().get(position - 1).pid()).isEqualTo(self);
    assertThat(ranking.spared()).noneMatch(p -> p.killability() == Killability.KILLABLE);
  }

  private static long points(OomScore process) {
    return process.badness().orElseThrow().points();
  }

  @Test
  void aVolunteerGoesFirst() throws Exception {
    Process sleeper = new ProcessBuilder("sleep", "300").start();
    try {
      OomScore.adjust(sleeper.pid(), 1000);
      assertThat(OomRanking.system().positionOf(sleeper.pid())).hasValue(1);
    } finally {
      sleeper.destroyForcibly().waitFor();
    }
  }

  @Test
  void ofEqualsTheOneStartedLastGoesFirst() throws Exception {
    List<Process> sleepers = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        sleepers.add(new ProcessBuilder("sleep", "300").start());
      }
      List<OomScore> victims =
          OomRanking.system().victims().stream()
              .filter(p -> sleepers.stream().anyMatch(s -> s.pid() == p.pid()))
              .toList();
      assertThat(victims).hasSize(20);
      for (int i = 1; i < victims.size(); i++) {
        if (points(victims.get(i)) == points(victims.get(i - 1))) {
          assertThat(victims.get(i).pid()).isLessThan(victims.get(i - 1).pid());
        }
      }
    } finally {
      for (Process sleeper : sleepers) {
        sleeper.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  @Tag("slow")
  void survivesProcessesThatComeAndGo() throws IOException, InterruptedException {
    Process churn =
        new ProcessBuilder("sh", "-c", "while :; do (exec true) & (exec true) & wait; done")
            .start();
    try {
      for (int i = 0; i < 200; i++) {
        OomRanking ranking = OomRanking.system();
        assertThat(ranking.positionOf(ProcessHandle.current().pid())).isPresent();
        assertThat(ranking.unreadable()).as("round %d", i).isEmpty();
      }
    } finally {
      churn.descendants().forEach(ProcessHandle::destroyForcibly);
      churn.destroyForcibly().waitFor();
    }
  }
}
