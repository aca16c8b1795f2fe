package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomPrediction;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who would die in a box, and who does. */
@Needs(Need.MEMORY_CGROUP)
class CgroupRankingIT {

  /**
   * One holds 8 MB, its child 20 MB and volunteers; then the first grows without end. What systemd
   * starts for a user has an oom_score_adj of 200, which a user can't lower: at the limit the
   * volunteer must be ahead of that, too.
   */
  private static final String SCRIPT =
      """
      x=$(head -c 8000000 /dev/zero | tr '\\0' x)
      sh -c 'echo 1000 >/proc/self/oom_score_adj; y=$(head -c 20000000 /dev/zero | tr "\\0" y)
        echo $$; read never </dev/zero' &
      read go
      exec tail /dev/zero
      """;

  @ParameterizedTest
  @MethodSource("io.github.oom4j.cgroup.Boxes#backends")
  void ranksThoseWhoCompeteForTheLimit(ScopeBackend backend) throws Exception {
    try (ScopedProcess job = Boxes.ofMebibytes(backend, 64).start("sh", "-c", SCRIPT)) {
      long volunteer = Long.parseLong(job.process().inputReader().readLine());

      OomRanking ranking = job.cgroup().oomRanking();

      assertThat(ranking.domain().cgroup()).contains(job.cgroup().name());
      assertThat(ranking.domain().memory()).isEqualTo(ByteSize.mebibytes(64));
      assertThat(ranking.victims()).extracting(OomScore::pid).contains(job.pid(), volunteer);
      assertThat(ranking.victims())
          .allSatisfy(victim -> assertThat(job.cgroup().pids()).contains(victim.pid()));
      OomPrediction prediction = ranking.prediction();
      assertThat(prediction.victims()).extracting(OomScore::pid).containsExactly(volunteer);
      assertThat(ranking.withAdj(volunteer, -500).next().orElseThrow().pid()).isEqualTo(job.pid());
      assertThat(ranking.protect(volunteer).adj().value()).isLessThan(1000);

      job.process().getOutputStream().write('\n');
      job.process().getOutputStream().flush();
      job.waitFor();
      // It was killed first, and ends when it gets to run; its parent is tail, which reaps nobody.
      assertThat(Await.until(() -> !Boxes.isAlive(volunteer))).isTrue();
    }
  }
}
