package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.LimitScope;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be done to a box that runs, on cgroup v2. */
@Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
class RunningBoxIT {

  private static final ByteSize MAX = ByteSize.mebibytes(256);

  private final Leftovers leftovers = Leftovers.now();

  @AfterEach
  void nothingIsLeft() {
    leftovers.assertNone();
  }

  @Test
  void limitsGoUpAndDown() {
    try (ScopedProcess job = sh("exec sleep 1000")) {
      RunningLimits limits = job.limits();
      for (long size : new long[] {512, 64, 128}) {
        limits.memoryMax(ByteSize.mebibytes(size));
        assertThat(job.cgroup().memory().max()).isEqualTo(Limit.of(ByteSize.mebibytes(size)));
      }
      limits.memoryHigh(Limit.of(ByteSize.mebibytes(32)));
      limits.memoryLow(ByteSize.mebibytes(2));
      limits.memoryMin(ByteSize.mebibytes(1));
      limits.swapMax(Limit.none());
      limits.oomGroup(true);
      assertThat(text(job, "memory.high")).isEqualTo("33554432");
      assertThat(text(job, "memory.low")).isEqualTo("2097152");
      assertThat(text(job, "memory.min")).isEqualTo("1048576");
      assertThat(text(job, "memory.swap.max")).isEqualTo("max");
      assertThat(text(job, "memory.oom.group")).isEqualTo("1");

      limits.memoryHigh(Limit.none());
      limits.memoryLow(ByteSize.ZERO);
      limits.swapMax(Limit.of(ByteSize.ZERO));
      limits.oomGroup(false);
      assertThat(text(job, "memory.high")).isEqualTo("max");
      assertThat(text(job, "memory.low")).isEqualTo("0");
      assertThat(text(job, "memory.swap.max")).isEqualTo("0");
      assertThat(text(job, "memory.oom.group")).isEqualTo("0");
    }
  }

  @Test
  void thePidsLimitGoesUpAndDown() {
    MemoryScope scope = MemoryScope.builder().memoryMax(MAX).pidsMax(5).build();
    try (ScopedProcess job = scope.start("sleep", "1000")) {
      job.limits().pidsMax(7);
      assertThat(text(job, "pids.max")).isEqualTo("7");
      job.limits().pidsMax(3);
      assertThat(text(job, "pids.max")).isEqualTo("3");
    }
  }

  @Test
  void aLimitBelowWhatIsUsedIsRefusedAndNothingDies() throws Exception {
    try (ScopedProcess job = holding()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> job.limits().memoryMax(ByteSize.mebibytes(64)))
          .withMessageContaining("for a memoryMax of 64Mi; nothing was changed");

      assertThat(job.cgroup().memory().max()).isEqualTo(Limit.of(MAX));
      assertThat(job.cgroup().events().oomKill()).hasValue(0);
      assertThat(job.process().isAlive()).isTrue();
    }
  }

  @Test
  void aLimitBelowWhatIsUsedKillsIfThatIsWanted() throws Exception {
    try (ScopedProcess job = holding()) {
      assertThat(job.limits().memoryMaxOrKill(ByteSize.mebibytes(64), Duration.ofSeconds(60)))
          .isTrue();

      ScopeResult result = job.waitFor();
      assertThat(job.cgroup().memory().current()).isLessThan(ByteSize.mebibytes(64));
      assertThat(result.exitValue()).isEqualTo(137);
      assertThat(result.verdict())
          .isInstanceOfSatisfying(
              ExitVerdict.OomKilled.class,
              killed -> assertThat(killed.scope()).isEqualTo(LimitScope.OWN_LIMIT));
      assertThat(result.verdict().explain()).contains("memory.max of 64Mi");
    }
  }

  @Test
  void aLimitIsLoweredBelowWhatCachesUse() throws Exception {
    Path file = Files.createTempFile(Path.of("/var/tmp"), "reclaim", "");
    try (ScopedProcess job = caching(file)) {
      if (!Knob.RECLAIM.isIn(job.cgroup().path())) {
        return;
      }
      job.limits().memoryMax(ByteSize.mebibytes(16));

      assertThat(job.cgroup().memory().max()).isEqualTo(Limit.of(ByteSize.mebibytes(16)));
      assertThat(job.cgroup().events().oomKill()).hasValue(0);
      assertThat(job.process().isAlive()).isTrue();
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void whatIsReclaimedIsGone() throws Exception {
    Path file = Files.createTempFile(Path.of("/var/tmp"), "reclaim", "");
    try (ScopedProcess job = caching(file)) {
      if (!kernelIsAtLeast(5, 19)) {
        assertUnsupported(() -> job.reclaim(ByteSize.mebibytes(1)), "memory.reclaim", "5.19");
        return;
      }
      ByteSize before = job.cgroup().memory().current();

      assertThat(job.reclaim(ByteSize.mebibytes(30))).isTrue();

      ByteSize after = job.cgroup().memory().current();
      assertThat(before.minusOrZero(after)).isGreaterThan(ByteSize.mebibytes(25));
      assertThat(job.reclaim(ByteSize.gibibytes(1))).as("more than there is").isFalse();
      assertThat(job.process().isAlive()).isTrue();
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void aFrozenCommandStandsStillAndThenGoesOn() throws Exception {
    try (ScopedProcess job = sh("read line; exit 3")) {
      assertThat(job.isFrozen()).isFalse();
      job.freeze();
      job.freeze();
      assertThat(job.isFrozen()).isTrue();
      job.process().getOutputStream().close();
      assertThat(job.waitFor(Duration.ofMillis(50))).isEmpty();

      job.thaw();
      assertThat(job.isFrozen()).isFalse();
      assertThat(job.waitFor().exitValue()).isEqualTo(3);
    }
  }

  @Test
  void aFrozenBoxIsClosed() throws Exception {
    ScopedProcess job = sh("sleep 1000 & while :; do :; done");
    job.freeze();
    job.close();

    assertThat(job.cgroup().path()).doesNotExist();
    assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.Killed.class);
  }

  @Test
  void aFrozenBoxIsOomKilledAtALoweredLimit() throws Exception {
    try (ScopedProcess job = holding()) {
      job.freeze();
      assertThat(job.limits().memoryMaxOrKill(ByteSize.mebibytes(64), Duration.ofSeconds(60)))
          .isTrue();
      job.thaw();
      assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
    }
  }

  @Test
  void theKernelIsNotWaitedForLongerThanAsked() throws Exception {
    try (ScopedProcess job = holding()) {
      boolean done = job.limits().memoryMaxOrKill(ByteSize.mebibytes(64), Duration.ZERO);

      // It may have been fast; what counts is that the limit holds either way.
      assertThat(job.cgroup().memory().max()).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
      assertThat(done && job.cgroup().memory().current().compareTo(ByteSize.mebibytes(65)) > 0)
          .isFalse();
    }
  }

  @Test
  void aMeterMeasuresThePeakSinceItWasMade() throws Exception {
    String script =
        "while read m; do dd if=/dev/zero of=/dev/null count=1 bs=${m}M 2>&1; echo ready; done";
    try (ScopedProcess job = sh(script);
        BufferedReader out = job.process().inputReader(StandardCharsets.UTF_8)) {
      allocate(job, out, 100);
      if (!kernelIsAtLeast(6, 12)) {
        assertUnsupported(job::measurePeak, "memory.peak", "6.12");
        return;
      }
      try (PeakMeter meter = job.measurePeak()) {
        assertThat(meter.peak()).isLessThan(ByteSize.mebibytes(50));
        allocate(job, out, 60);
        assertThat(meter.peak()).isBetween(ByteSize.mebibytes(60), ByteSize.mebibytes(99));
        meter.reset();
        assertThat(meter.peak()).isLessThan(ByteSize.mebibytes(50));
      }
      assertThat(job.cgroup().memory().peak().orElseThrow()).isGreaterThan(ByteSize.mebibytes(100));
    }
  }

  @Test
  void aClosedBoxIsGoneForAll() {
    ScopedProcess job = sh("exec sleep 1000");
    job.close();

    List<ThrowingCallable> uses =
        List.of(
            job::freeze,
            job::measurePeak,
            () -> job.reclaim(MAX),
            () -> job.limits().memoryMax(MAX),
            () -> job.limits().memoryMaxOrKill(MAX, Duration.ZERO),
            () -> job.limits().swapMax(Limit.none()),
            () -> job.limits().oomGroup(true),
            () -> job.cgroup().memory(),
            () -> job.cgroup().oomRanking());
    for (ThrowingCallable use : uses) {
      assertThatExceptionOfType(CgroupGoneException.class)
          .isThrownBy(use)
          .withMessageContaining("the cgroup " + job.cgroup() + " is gone");
    }
  }

  private static ScopedProcess sh(String script) {
    return Boxes.ofMebibytes(256).start("sh", "-c", script);
  }

  /** tail keeps what it can't print before the end of its input, which does not come. */
  private static ScopedProcess holding() throws IOException {
    ScopedProcess job = Boxes.ofMebibytes(256).start("tail");
    job.process().getOutputStream().write(new byte[100 << 20]);
    job.process().getOutputStream().flush();
    assertThat(
            Await.until(
                () -> job.cgroup().memory().current().compareTo(ByteSize.mebibytes(99)) > 0))
        .isTrue();
    return job;
  }

  /** Written and synced, so that it can be dropped. */
  private static ScopedProcess caching(Path file) throws Exception {
    ScopedProcess job =
        sh("dd if=/dev/zero of=" + file + " bs=1M count=60 conv=fsync 2>&1; echo; exec sleep 1000");
    BufferedReader out = job.process().inputReader(StandardCharsets.UTF_8);
    while (!out.readLine().isEmpty()) {
      // What dd says.
    }
    return job;
  }

  private static void allocate(ScopedProcess job, BufferedReader out, int mebibytes)
      throws Exception {
    job.process().getOutputStream().write((mebibytes + "\n").getBytes(StandardCharsets.US_ASCII));
    job.process().getOutputStream().flush();
    while (!out.readLine().equals("ready")) {
      // What dd says.
    }
  }

  private static void assertUnsupported(Runnable call, String file, String kernel) {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(call::run)
        .withMessageContaining("could not use " + file)
        .withMessageContaining("kernel " + kernel);
  }

  private static boolean kernelIsAtLeast(int major, int minor) {
    String[] version = System.getProperty("os.version").split("[^0-9]", 3);
    int actual = Integer.parseInt(version[0]) * 1000 + Integer.parseInt(version[1]);
    return actual >= major * 1000 + minor;
  }

  private static String text(ScopedProcess job, String file) {
    return CgroupFile.text(job.cgroup().path(), file);
  }
}
