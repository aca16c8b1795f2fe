package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits that a box is started with, on cgroup v2. */
@Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
class LimitsIT {

  private static final ByteSize MAX = ByteSize.mebibytes(256);

  private final Leftovers leftovers = Leftovers.now();

  @AfterEach
  void nothingIsLeft() {
    leftovers.assertNone();
  }

  @Test
  void eachLimitIsWhatTheKernelHas() {
    MemoryScope scope =
        MemoryScope.builder()
            .memoryMax(MAX)
            .memoryHigh(ByteSize.mebibytes(128))
            .memoryLow(ByteSize.mebibytes(16))
            .memoryMin(ByteSize.bytes((8 << 20) + 100))
            .swapMax(Limit.none())
            .oomGroup(true)
            .pidsMax(50)
            .build();

    try (ScopedProcess job = scope.start("sleep", "1000")) {
      assertThat(text(job, "memory.max")).isEqualTo("268435456");
      assertThat(text(job, "memory.high")).isEqualTo("134217728");
      assertThat(text(job, "memory.low")).isEqualTo("16777216");
      assertThat(text(job, "memory.min")).as("rounded to pages").isEqualTo("8388608");
      assertThat(text(job, "memory.swap.max")).isEqualTo("max");
      assertThat(text(job, "memory.oom.group")).isEqualTo("1");
      assertThat(text(job, "pids.max")).isEqualTo("50");
    }
  }

  @Test
  void aForkBombMeetsThePidsLimitAndIsNoOomKill() throws Exception {
    String bomb = "i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i+1)); done; exit 0";
    MemoryScope scope = MemoryScope.builder().memoryMax(MAX).pidsMax(8).build();
    ProcessBuilder command = new ProcessBuilder("sh", "-c", bomb).redirectErrorStream(true);

    try (ScopedProcess job = scope.start(command)) {
      ScopeResult result = job.waitFor();

      // pids.events: how often a fork was refused (kernel/cgroup/pids.c).
      assertThat(CgroupFile.counters(job.cgroup().path(), "pids.events").get("max").orElseThrow())
          .isPositive();
      assertThat(job.cgroup().pids()).hasSizeBetween(1, 8);
      assertThat(result.verdict())
          .isInstanceOfSatisfying(
              ExitVerdict.Exited.class, exited -> assertThat(exited.code()).isNotZero());
      assertThat(result.events().oomKill()).hasValue(0);
    }
  }

  @Test
  void oneProcessIsEnoughForACommandThatStartsNone() throws Exception {
    MemoryScope scope = MemoryScope.builder().memoryMax(MAX).pidsMax(1).build();

    try (ScopedProcess job = scope.start("echo", "alone")) {
      assertThat(new String(job.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("alone\n");
      assertThat(job.waitFor().exitValue()).isZero();
    }
  }

  @Test
  void aGroupIsKilledWhole() throws Exception {
    String script =
        "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; " + Boxes.hog(300) + "; exit 5";
    MemoryScope.Builder scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(64));

    try (ScopedProcess job = scope.oomGroup(true).start("sh", "-c", script)) {
      ScopeResult result = job.waitFor();

      assertThat(result.exitValue()).isEqualTo(137);
      assertThat(result.verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
      // The kernel kills and counts one after the other, while the first is already gone.
      assertThat(Await.until(() -> job.cgroup().events().oomKill().orElse(0) >= 10)).isTrue();
      // The counter came with 5.17.
      job.cgroup().events().oomGroupKill().ifPresent(count -> assertThat(count).isEqualTo(1));
      assertThat(Await.until(() -> job.cgroup().pids().isEmpty())).isTrue();
    }
    try (ScopedProcess job = scope.oomGroup(false).start("sh", "-c", script)) {
      assertThat(job.waitFor().exitValue()).isEqualTo(5);
      assertThat(job.cgroup().pids()).hasSize(8);
    }
  }

  @Test
  void aboveHighIsThrottledButNotKilled() throws Exception {
    MemoryScope scope =
        MemoryScope.builder().memoryMax(MAX).memoryHigh(ByteSize.mebibytes(64)).build();

    // A little above: the kernel's delay grows with the square of the excess.
    try (ScopedProcess job = scope.start("sh", "-c", "exec " + Boxes.hog(64))) {
      ScopeResult result = job.waitFor();

      assertThat(result.verdict())
          .isInstanceOfSatisfying(
              ExitVerdict.Exited.class, exited -> assertThat(exited.code()).isZero());
      assertThat(result.events().high().orElseThrow()).isPositive();
      assertThat(result.events().oomKill()).hasValue(0);
    }
  }

  @Test
  @Needs(Need.SWAP)
  void swapIsUsedOnlyIfAskedFor() throws Exception {
    MemoryScope.Builder scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(48));
    String[] hog = {"sh", "-c", "exec " + Boxes.hog(64)};

    try (ScopedProcess job = scope.start(hog)) {
      assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
    }
    try (ScopedProcess job = scope.swapMax(Limit.none()).start(hog)) {
      assertThat(job.waitFor().exitValue()).isZero();
    }
  }

  @Test
  @Needs({Need.ROOT, Need.GUEST})
  void aPercentageIsOneOfTheParentsLimitWhereThatIsLessThanRam() throws Exception {
    Path limit = Boxes.directParent().resolve("memory.max");
    String before = Files.readString(limit);
    MemoryScope.Builder half =
        MemoryScope.builder().memoryMaxPercent(50).backend(ScopeBackend.CGROUPFS);
    Files.writeString(limit, "1G");
    try {
      assertThat(maxOf(half.build())).isEqualTo(Limit.of(ByteSize.mebibytes(512)));
      assertThat(maxOf(half.memoryMax(MAX).build())).isEqualTo(Limit.of(MAX));
    } finally {
      Files.writeString(limit, before);
    }
  }

  private static Limit maxOf(MemoryScope scope) {
    try (ScopedProcess job = scope.start("sleep", "1000")) {
      return job.cgroup().memory().max();
    }
  }

  private static String text(ScopedProcess job, String file) {
    return CgroupFile.text(job.cgroup().path(), file);
  }
}
