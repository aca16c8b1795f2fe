package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KillStoryTest {

  @Test
  void tellsWhoDiedAtWhichLimit() {
    assertThat(Kills.atLimitOf(Kills.BOX, Kills.BOX, 198).explain())
        .isEqualTo(
            "The OOM killer killed hog (pid 198): anon-rss 59Mi, file-rss 632Ki, shmem-rss 0B,"
                + " oom_score_adj 0. Cgroup /system.slice/hogscope.scope was at its limit: 60Mi used"
                + " of 60Mi. It asked for the memory itself (order 0, GFP_KERNEL).");
  }

  @Test
  void tellsWhichAncestorWasFull() {
    assertThat(Kills.atLimitOf("/system.slice", Kills.BOX, 198).explain())
        .contains("Cgroup /system.slice was at its limit")
        .contains("the victim was in " + Kills.BOX);
  }

  @Test
  void aNameCanNotReachTheTerminalOrForgeALine() {
    OomKillEvent kill =
        Kills.event(OomConstraint.NONE, Optional.empty(), Optional.empty(), 5, "a\n\u001b[31mb");

    assertThat(kill.explain())
        .doesNotContain("\n")
        .doesNotContain("\u001b")
        .contains("a\\x0a\\x1b[31mb");
    ExitVerdict verdict =
        ExitVerdict.of(
            OomEvidence.ofProcess(5, 137, java.util.OptionalLong.of(1), java.util.List.of(kill)));
    assertThat(verdict.explain()).doesNotContain("\n").doesNotContain("\u001b");
  }
}
