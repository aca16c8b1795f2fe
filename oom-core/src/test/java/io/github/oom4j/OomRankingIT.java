package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  void survivesProcessesThatComeAndGo() throws Exception {
    rankAmid(Duration.ofSeconds(3));
  }

  @Test
  @Tag("exhaustive")
  void survivesThemForAMinute() throws Exception {
    rankAmid(Duration.ofSeconds(60));
  }

  /**
   * Each of them names itself by its PID, so that a mixed-up entry shows. They start none in turn:
   * it would have its parent's name until it is another program.
   */
  private static void rankAmid(Duration time) throws Exception {
    String script =
        "i=0; while :; do sh -c 'printf p$$ >/proc/self/comm; i=0;"
            + " while [ $i -lt 3000 ]; do i=$((i + 1)); done' & "
            + "i=$((i + 1)); [ $((i % 8)) = 0 ] && wait; done";
    Process churn = new ProcessBuilder("sh", "-c", script).start();
    int seen = 0;
    long end = System.nanoTime() + time.toNanos();
    try {
      int descriptors = openDescriptors();
      while (System.nanoTime() < end || seen == 0) {
        OomRanking ranking = OomRanking.system();
        assertThat(ranking.positionOf(ProcessHandle.current().pid())).isPresent();
        assertThat(ranking.unreadable()).isEmpty();
        for (OomScore victim : ranking.victims()) {
          if (victim.comm().equals("p" + victim.pid())) {
            seen++;
          } else if (victim.comm().matches("p[0-9]+")) {
            // It was forked and has not become sleep yet: the name is its parent's.
            long parent = Long.parseLong(victim.comm().substring(1));
            assertThat(ranking.victims())
                .filteredOn(p -> p.pid() == parent)
                .allMatch(p -> p.startTime().compareTo(victim.startTime()) <= 0);
          }
        }
      }
      assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2);
    } finally {
      churn.descendants().forEach(ProcessHandle::destroyForcibly);
      churn.destroyForcibly().waitFor();
    }
  }

  private static int openDescriptors() {
    return Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list()).length;
  }
}
