package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changing who dies, on real processes. */
@Needs(Need.LINUX)
class OomAdjustIT {

  private Process sleeper;

  @BeforeEach
  void startSleeper() throws IOException {
    sleeper = new ProcessBuilder("sleep", "300").start();
  }

  @AfterEach
  void endSleeper() throws InterruptedException {
    sleeper.descendants().forEach(ProcessHandle::destroyForcibly);
    sleeper.destroyForcibly().waitFor();
  }

  private static int adjOf(long pid) throws IOException {
    return Integer.parseInt(Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip());
  }

  @Test
  void aHoldPutsBackWhatWasThere() throws IOException {
    int before = adjOf(sleeper.pid());

    try (OomScoreHold held = OomScore.hold(sleeper.pid(), 700)) {
      assertThat(adjOf(sleeper.pid())).isEqualTo(700);
      assertThat(held.before().adj().value()).isEqualTo(before);
      assertThat(held.held().adj().value()).isEqualTo(700);
      try (OomScoreHold inner = OomScore.hold(sleeper.pid(), 800)) {
        assertThat(inner.before().adj().value()).isEqualTo(700);
        assertThat(adjOf(sleeper.pid())).isEqualTo(800);
      }
      assertThat(adjOf(sleeper.pid())).isEqualTo(700);
    }
    assertThat(adjOf(sleeper.pid())).isEqualTo(before);
  }

  @Test
  void aHoldLeavesWhatSomebodyElseWrote() throws IOException {
    OomScoreHold held = OomScore.hold(sleeper.pid(), 700);
    OomScore.adjust(sleeper.pid(), 900);

    held.close();
    held.close();

    assertThat(adjOf(sleeper.pid())).isEqualTo(900);
  }

  @Test
  void aHoldOfAProcessThatEndedIsJustOver() throws Exception {
    OomScoreHold held = OomScore.hold(sleeper.pid(), 700);
    sleeper.destroyForcibly().waitFor();

    held.close();

    assertThat(OomScore.find(sleeper.pid())).isEmpty();
  }

  @Test
  void anotherProcessWithThePidIsLeftAlone() throws IOException {
    OomScore now = OomScore.of(sleeper.pid());
    OomScore longAgo =
        new OomScore(
            now.pid(),
            now.comm(),
            now.score(),
            now.adj(),
            now.badness(),
            now.killability(),
            now.memory(),
            now.cgroup(),
            now.startTime().minusSeconds(5),
            now.dying());

    assertThatExceptionOfType(ProcessGoneException.class)
        .isThrownBy(() -> longAgo.adjust(900))
        .withMessageContaining("its PID belongs to another process now");
    assertThat(adjOf(sleeper.pid())).isEqualTo(now.adj().value());

    assertThat(now.adjust(600).adj().value()).isEqualTo(600);
  }

  @Test
  void aProcessThatEndedIsNamed() throws Exception {
    OomScore seen = OomScore.of(sleeper.pid());
    sleeper.destroyForcibly().waitFor();

    assertThatExceptionOfType(ProcessGoneException.class)
        .isThrownBy(() -> seen.adjust(900))
        .withMessageContaining(Long.toString(sleeper.pid()));
  }

  @Test
  void aTreeIsAdjustedToItsLeaves() throws Exception {
    String script = "sh -c 'sleep 300 & echo $!; wait' & sleep 300 & echo $!; wait";
    Process top = new ProcessBuilder("sh", "-c", script).start();
    try {
      BufferedReader out = top.inputReader();
      long one = Long.parseLong(out.readLine());
      long other = Long.parseLong(out.readLine());

      List<OomScore> adjusted = OomScore.adjustTree(top.pid(), 640);

      assertThat(adjusted).extracting(OomScore::pid).startsWith(top.pid()).contains(one, other);
      assertThat(adjusted).hasSize(4).allSatisfy(p -> assertThat(p.adj().value()).isEqualTo(640));
      assertThat(adjOf(one)).isEqualTo(640);
      assertThat(adjOf(other)).isEqualTo(640);
    } finally {
      top.descendants().forEach(ProcessHandle::destroyForcibly);
      top.destroyForcibly().waitFor();
    }
  }

  @Test
  void aCommandStartsWithItsValue() throws Exception {
    Process cat =
        OomScore.start(
            new ProcessBuilder("cat", "/proc/self/oom_score_adj", "/proc/self/comm"), 321);

    assertThat(cat.inputReader().lines()).containsExactly("321", "cat");
    assertThat(cat.waitFor()).isZero();
    Process odd = OomScore.start(new ProcessBuilder("sh", "-c", "exit 125", "a b", "*"), 400);
    assertThat(odd.waitFor()).isEqualTo(125);
    assertThatIllegalArgumentException().isThrownBy(() -> OomScore.start(new ProcessBuilder(), 10));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OomScore.start(new ProcessBuilder("true"), 1001));
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void aCommandIsNotStartedWithAValueThatTheKernelRefuses() {
    assertThatExceptionOfType(DeniedException.class)
        .isThrownBy(() -> OomScore.start(new ProcessBuilder("true"), -900))
        .withMessageContaining("CAP_SYS_RESOURCE");
  }

  @Test
  @Needs(Need.CAP_SYS_RESOURCE)
  void aPrivilegedProcessMayProtectAndLetGo() throws Exception {
    try (OomScoreHold held = OomScore.hold(sleeper.pid(), -1000)) {
      assertThat(held.held().killability()).isEqualTo(Killability.PROTECTED);
      assertThat(held.held().score()).isZero();
    }
    assertThat(OomScore.of(sleeper.pid()).killability()).isEqualTo(Killability.KILLABLE);
    Process cat = OomScore.start(new ProcessBuilder("cat", "/proc/self/oom_score_adj"), -900);
    assertThat(cat.inputReader().readLine()).isEqualTo("-900");
    assertThat(cat.waitFor()).isZero();
  }

  @Test
  void aWatchTellsWhenAProcessComesToTheHead() throws Exception {
    BlockingQueue<OomRanking> heads = new LinkedBlockingQueue<>();
    OomRankingWatch watch = OomRanking.watch(sleeper.pid(), 1, Duration.ofMillis(20), heads::add);
    try {
      assertThat(heads).isEmpty();
      OomScore.adjust(sleeper.pid(), 1000);
      OomRanking in = heads.poll(60, TimeUnit.SECONDS);
      assertThat(in).isNotNull();
      assertThat(in.positionOf(sleeper.pid())).hasValue(1);
      sleeper.destroyForcibly().waitFor();
      OomRanking out = heads.poll(60, TimeUnit.SECONDS);
      assertThat(out).isNotNull();
      assertThat(out.positionOf(sleeper.pid())).isEmpty();
      assertThat(watch.failure()).isEmpty();
    } finally {
      watch.close();
    }
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("oom4j-ranking"))) {
      Thread.onSpinWait();
    }
  }
}
