package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.CgroupsAbove;
import io.github.oom4j.Confidence;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LimitScope;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Whose limit it was, with the kernel's log and by counters alone. */
@Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
class ScopeOfKillIT {

  private static final String HOG = "exec " + Boxes.hog(300);

  @RepeatedTest(5)
  void theBoxsOwn() throws Exception {
    try (NestedBox job = new NestedBox(128, 64, false, HOG)) {
      for (ScopeResult result : job.results()) {
        assertKilled(result, LimitScope.OWN_LIMIT);
      }
    }
  }

  @RepeatedTest(5)
  void itsParents() throws Exception {
    try (NestedBox job = new NestedBox(48, 64, false, HOG)) {
      List<ScopeResult> results = job.results();
      assertThat(((ExitVerdict.OomKilled) results.get(0).verdict()).kernelRecord().isPresent())
          .isEqualTo(OomKillSource.find().isPresent() && Need.KMSG.missing().isEmpty());
      for (ScopeResult result : results) {
        assertKilled(result, LimitScope.ANCESTOR_LIMIT);
        assertThat(result.verdict().explain())
            .contains("/" + job.parent().getFileName() + " above this scope was at its limit");
      }
    }
  }

  @Test
  void itsParentsWhereANeighbourDiedToo() throws Exception {
    try (NestedBox job = new NestedBox(48, 64, false, "read line <&0; " + HOG)) {
      assertThat(job.neighbour(HOG)).isEqualTo(137);
      job.process().getOutputStream().close();

      ScopeResult counted = job.results().get(1);

      assertKilled(counted, LimitScope.UNKNOWN);
      assertThat(counted.verdict().explain())
          .contains("likely that of cgroup")
          .contains("other processes below it were killed too");
    }
  }

  @RepeatedTest(3)
  void aChildsDeathAtTheParentsLimitIsADescendants() throws Exception {
    try (NestedBox job = new NestedBox(48, 64, false, Boxes.hog(300) + "; exit 0")) {
      for (ScopeResult result : job.results()) {
        assertThat(result.verdict())
            .isInstanceOfSatisfying(
                ExitVerdict.DescendantOomKilled.class,
                killed -> assertThat(killed.scope()).isEqualTo(LimitScope.ANCESTOR_LIMIT));
        assertThat(result.verdict().confidence()).isEqualTo(Confidence.CERTAIN);
      }
    }
  }

  @RepeatedTest(3)
  void aGroupOfTen() throws Exception {
    String script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 100 & done; " + HOG;
    try (NestedBox job = new NestedBox(128, 64, true, script)) {
      for (ScopeResult result : job.results()) {
        assertKilled(result, LimitScope.OWN_LIMIT);
        // oom_group_kill came with 5.17; the log tells before that.
        if (result.events().oomGroupKill().isPresent()) {
          assertThat(result.events().oomGroupKill()).hasValue(1);
          assertThat(result.events().oomKill().orElse(0)).isGreaterThan(10);
          assertThat(((ExitVerdict.OomKilled) result.verdict()).group()).isTrue();
          assertThat(result.verdict().explain()).contains("memory.oom.group");
        }
      }
      assertThat(Await.until(() -> Cgroup.at(job.box()).pids().isEmpty())).isTrue();
    }
  }

  @Test
  void aBoxThatVanishedAfterAKillLeavesItOpen() throws Exception {
    String script = Boxes.hog(300) + "; read line <&0; exit 0";
    try (NestedBox job = new NestedBox(128, 64, false, script)) {
      assertThat(Await.until(() -> Cgroup.at(job.box()).events().oomKill().equals(optionalLong(1))))
          .isTrue();
      moveOut(job);
      Files.delete(job.box());
      job.process().getOutputStream().close();

      ExitVerdict verdict = job.results().get(1).verdict();

      assertThat(verdict).isInstanceOf(ExitVerdict.Exited.class);
      assertThat(verdict.confidence()).isEqualTo(Confidence.INCOMPLETE);
      assertThat(verdict.explain()).doesNotContain("no OOM kill was seen").contains("the box");
    }
  }

  @Test
  void aBoxThatVanishedWhereNothingWasKilledProvesIt() throws Exception {
    try (NestedBox job = new NestedBox(128, 64, false, "read line <&0; exit 0")) {
      moveOut(job);
      Files.delete(job.box());
      job.process().getOutputStream().close();

      ExitVerdict verdict = job.results().get(1).verdict();

      assertThat(verdict.confidence()).isEqualTo(Confidence.CERTAIN);
      assertThat(verdict.evidence().gaps()).isNotEmpty();
    }
  }

  @Test
  void aBoxMadeAnewIsAnotherBox() throws Exception {
    String script = Boxes.hog(300) + "; read line <&0; exit 0";
    try (NestedBox job = new NestedBox(128, 64, false, script)) {
      assertThat(Await.until(() -> Cgroup.at(job.box()).events().oomKill().equals(optionalLong(1))))
          .isTrue();
      moveOut(job);
      Files.delete(job.box());
      Files.createDirectory(job.box());
      job.process().getOutputStream().close();

      ExitVerdict verdict = job.results().get(1).verdict();

      assertThat(verdict.confidence()).isEqualTo(Confidence.INCOMPLETE);
      assertThat(verdict.explain()).contains("made another of the same name");
    }
  }

  /**
   * sysrq-f: the kernel's system-wide OOM killer, without the misery of a machine without memory.
   */
  @Test
  @Needs({Need.GUEST, Need.ROOT})
  void theMachinesOnRequest() throws Exception {
    try (NestedBox job = new NestedBox(256, 256, false, "choom -n 1000 -- sleep 1000; exit 0")) {
      Path sysrq = Path.of("/proc/sys/kernel/sysrq");
      String allowed = Files.readString(sysrq);
      assertThat(Await.until(() -> Cgroup.at(job.box()).pids().size() == 2)).isTrue();
      assertThat(Await.until(() -> raised(job))).isTrue();
      Files.writeString(sysrq, "1");
      Files.writeString(Path.of("/proc/sysrq-trigger"), "f");
      for (ScopeResult result : job.results()) {
        assertThat(result.verdict())
            .isInstanceOfSatisfying(
                ExitVerdict.DescendantOomKilled.class,
                killed -> assertThat(killed.scope()).isEqualTo(LimitScope.SYSTEM));
        assertThat(result.verdict().evidence().above())
            .returns(true, CgroupsAbove::complete)
            .satisfies(above -> assertThat(above.limited()).isEmpty());
      }
      Files.writeString(sysrq, allowed.strip());
    }
  }

  @Test
  @Needs({Need.GUEST, Need.ROOT})
  void theMachines() throws Exception {
    // The hog pins its own code; its high adj makes it the victim before any other runs short.
    try (NestedBox job = new NestedBox(1 << 20, 1 << 20, false, "exec hog 100000 adj 1000")) {
      for (ScopeResult result : job.results()) {
        assertKilled(result, LimitScope.SYSTEM);
        ((ExitVerdict.OomKilled) result.verdict())
            .kernelRecord()
            .flatMap(OomKillEvent::constraint)
            .ifPresent(constraint -> assertThat(constraint).isEqualTo(OomConstraint.NONE));
      }
    }
  }

  private static boolean raised(NestedBox job) {
    return Cgroup.at(job.box()).pids().stream()
        .anyMatch(
            pid -> {
              try {
                return Files.readString(Path.of("/proc/" + pid + "/oom_score_adj"))
                        .strip()
                        .equals("1000")
                    && Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("sleep");
              } catch (IOException e) {
                return false;
              }
            });
  }

  private static OptionalLong optionalLong(long value) {
    return OptionalLong.of(value);
  }

  /** As somebody does who removes the box of a running command. */
  private static void moveOut(NestedBox job) throws Exception {
    Path elsewhere = Files.createDirectory(job.parent().resolve("elsewhere"));
    // It enters by itself, which must not come after.
    assertThat(Await.until(() -> Cgroup.at(job.box()).pids().contains(job.process().pid())))
        .isTrue();
    Files.writeString(elsewhere.resolve("cgroup.procs"), Long.toString(job.process().pid()));
    assertThat(Await.until(() -> Cgroup.at(job.box()).pids().isEmpty())).isTrue();
  }

  private static void assertKilled(ScopeResult result, LimitScope scope) {
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.verdict())
        .as(result.verdict().explain())
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class, killed -> assertThat(killed.scope()).isEqualTo(scope));
    assertThat(result.verdict().confidence())
        .isEqualTo(
            ((ExitVerdict.OomKilled) result.verdict()).kernelRecord().isPresent()
                ? Confidence.CERTAIN
                : Confidence.LIKELY);
  }
}
