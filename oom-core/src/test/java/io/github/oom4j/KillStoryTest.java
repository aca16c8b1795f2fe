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
                + " of 60Mi, hit 35 times so far. It asked for the memory itself (order 0,"
                + " GFP_KERNEL). Next: see what /system.slice/hogscope.scope holds (memory.stat),"
                + " or give it a higher limit.");
  }

  @Test
  void tellsTheSameByTopic() {
    KillExplanation topics = Kills.dumped(198, 198, 199).explanation();
    assertThat(topics.choice())
        .contains(
            "It was the largest of 2 in the task dump that may be killed: 50 % of their RAM, swap"
                + " and page tables.");
    assertThat(topics.memory()).isEmpty();
    assertThat(topics.fragmentation()).isEmpty();
    assertThat(topics.text())
        .startsWith(topics.victim() + " " + topics.limit())
        .contains(topics.request().orElseThrow())
        .endsWith(topics.choice().orElseThrow() + " " + topics.next());
  }

  @Test
  void tellsWhichAncestorWasFull() {
    assertThat(Kills.atLimitOf("/system.slice", Kills.BOX, 198).explain())
        .contains("Cgroup /system.slice was at its limit")
        .contains("the victim was in " + Kills.BOX);
  }

  @Test
  void aNameCanNotReachTheTerminalOrForgeALine() {
    String hostile = "a\n\u001b[31mb";
    OomKillEvent kill =
        Kills.event(
            OomConstraint.MEMCG, Optional.of("/" + hostile), Optional.of("/x\n"), 5, hostile);

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
