package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LimitScope;
import io.github.oom4j.OomScore;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Real commands, really killed. That the kernel's record is found too is tested with oom-kmsg. */
@Needs(Need.MEMORY_CGROUP)
class VerdictIT {

  @Test
  void aCommandThatWantsMoreThanItsLimitIsOomKilled() throws Exception {
    ScopeResult result = run(64, "exec " + Boxes.hog(300));

    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.OomKilled.class,
            killed -> assertThat(killed.scope()).isEqualTo(LimitScope.OWN_LIMIT));
    assertThat(result.events().oomKill()).hasValue(1);
    assertPeak(result, ByteSize.mebibytes(32), ByteSize.mebibytes(64));
  }

  @Test
  void theSameCommandWithRoomEnoughExits() throws Exception {
    ScopeResult result = run(1024, "exec " + Boxes.hog(300));

    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.Exited.class, exited -> assertThat(exited.code()).isZero());
    assertThat(result.events().oomKill()).hasValue(0);
    assertPeak(result, ByteSize.mebibytes(300), ByteSize.mebibytes(400));
  }

  @Test
  void aSignalFromSomebodyElseIsNoOomKill() throws Exception {
    ScopeResult result = run(64, "kill -9 $$");

    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.Killed.class,
            killed -> {
              assertThat(killed.signal()).isEqualTo(9);
              assertThat(killed.oomRuledOut()).isTrue();
            });
  }

  @Test
  void aChildThatIsKilledIsADescendant() throws Exception {
    ScopeResult result = run(64, Boxes.hog(300) + "; exit 5");

    assertThat(result.exitValue()).isEqualTo(5);
    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.DescendantOomKilled.class,
            killed -> assertThat(killed.scope()).isEqualTo(LimitScope.OWN_LIMIT));
  }

  @Test
  void aKillInANestedCgroupCountsForTheBox() throws Exception {
    ScopedProcess job =
        Boxes.ofMebibytes(64).start("sh", "-c", "read line; " + Boxes.hog(300) + "; exit 5");
    try (job) {
      Path nested = Files.createDirectory(job.cgroup().path().resolve("nested"));
      Files.writeString(nested.resolve("cgroup.procs"), Long.toString(job.pid()));
      job.process().getOutputStream().close();

      ScopeResult result = job.waitFor();

      assertThat(result.events().oomKill()).hasValue(1);
      assertThat(result.verdict()).isInstanceOf(ExitVerdict.DescendantOomKilled.class);
    }
    assertThat(job.cgroup().path()).doesNotExist();
  }

  @Test
  void swapDoesNotSoftenTheLimit() throws Exception {
    try (ScopedProcess job = Boxes.ofMebibytes(64).start("sleep", "60")) {
      CgroupMemory memory = job.cgroup().memory();

      assertThat(memory.max().size()).contains(ByteSize.mebibytes(64));
      Boxes.swapMax(job.cgroup()).ifPresent(max -> assertThat(max.size()).contains(ByteSize.ZERO));
    }
  }

  @Test
  void theResultIsTheSameEachTimeAlsoAfterClose() throws Exception {
    ScopedProcess job = Boxes.ofMebibytes(64).start("sh", "-c", "exec " + Boxes.hog(300));
    ScopeResult first = job.waitFor();
    job.close();

    assertThat(job.waitFor()).isSameAs(first);
    assertThat(job.waitFor(Duration.ZERO)).containsSame(first);
    assertThat(job.onExit().get(30, TimeUnit.SECONDS)).isSameAs(first);
  }

  @Test
  void evidenceIsKeptWhenTheBoxIsClosedFirst() throws Exception {
    ScopedProcess job = Boxes.ofMebibytes(64).start("sh", "-c", "exec " + Boxes.hog(300));
    job.process().waitFor();
    job.close();

    assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
  }

  @Test
  void whatACommandLeavesBehindIsNamed() throws Exception {
    try (ScopedProcess job =
        Boxes.ofMebibytes(64).start("sh", "-c", "sleep 60 & (sleep 61 &) ; exit 0")) {
      ScopeResult result = job.waitFor();

      assertThat(result.leftBehind())
          .extracting(OomScore::pid)
          .hasSize(2)
          .isEqualTo(job.cgroup().pids());
    }
    assertThat(run(64, "exit 0").leftBehind()).isEmpty();
  }

  @Test
  void whoAskedIsToldOfEachStartAndMayRefuse() throws Exception {
    List<ScopedProcess> told = new ArrayList<>();
    MemoryScope.Builder box = MemoryScope.builder().memoryMax(ByteSize.mebibytes(64));
    try (ScopedProcess job = box.onStart(told::add).start("sleep", "60")) {
      assertThat(told).containsExactly(job);
    }

    box.onStart(
        job -> {
          told.add(job);
          throw new IllegalStateException("no more");
        });

    assertThatIllegalStateException()
        .isThrownBy(() -> box.start("sleep", "60"))
        .withMessage("no more");
    assertThat(told.get(1).process().isAlive()).isFalse();
    assertThat(told.get(1).cgroup().path()).doesNotExist();
  }

  @Test
  void aRunningCommandHasNoResultYet() throws Exception {
    try (ScopedProcess job = Boxes.ofMebibytes(64).start("sleep", "60")) {
      assertThat(job.waitFor(Duration.ofMillis(1))).isEmpty();
      assertThat(job.onExit()).isNotDone();
      assertThat(job.cgroup().pids()).containsExactly(job.pid());
      assertThat(job.backend()).isEqualTo(ScopeBackend.detect().orElseThrow());
    }
  }

  @Test
  void whatIsKilledThroughTheBoxWasNotOomKilled() throws Exception {
    try (ScopedProcess job = Boxes.ofMebibytes(64).start("sh", "-c", "sleep 60 & wait")) {
      job.kill();

      assertThat(job.waitFor().verdict())
          .isInstanceOfSatisfying(
              ExitVerdict.Killed.class, killed -> assertThat(killed.oomRuledOut()).isTrue());
      assertThat(Await.until(() -> job.cgroup().pids().isEmpty())).isTrue();
    }
  }

  private static ScopeResult run(long mebibytes, String script) throws InterruptedException {
    try (ScopedProcess job = Boxes.ofMebibytes(mebibytes).start("sh", "-c", script)) {
      return job.waitFor();
    }
  }

  private static void assertPeak(ScopeResult result, ByteSize low, ByteSize high) {
    // memory.peak of cgroup v2 came with 5.19.
    result.peak().ifPresent(peak -> assertThat(peak).isBetween(low, high));
  }
}
