package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What limits mean on cgroup v1, and which it does not have. */
@Needs({Need.CGROUP_V1, Need.MEMORY_CGROUP})
class LimitsV1IT {

  private static final ByteSize MAX = ByteSize.mebibytes(256);

  private final Leftovers leftovers = Leftovers.now();

  @AfterEach
  void nothingIsLeft() {
    leftovers.assertNone();
  }

  @Test
  void whatOnlyVersion2HasIsRefusedByItsName() {
    ByteSize size = ByteSize.mebibytes(1);
    refused("memory.high", scope -> scope.memoryHigh(size));
    refused("memory.low", scope -> scope.memoryLow(size));
    refused("memory.min", scope -> scope.memoryMin(size));
    refused("memory.zswap.max", scope -> scope.zswapMax(Limit.of(size)));
    refused("memory.oom.group", scope -> scope.oomGroup(true));
    refused("pids.max", scope -> scope.pidsMax(100));
  }

  @Test
  void whatOnlyVersion2CanDoIsRefusedByItsName() {
    try (ScopedProcess job = Boxes.ofMebibytes(256).start("sleep", "1000")) {
      refused("cgroup.freeze", job::freeze);
      refused("cgroup.freeze", job::thaw);
      refused("cgroup.freeze", job::isFrozen);
      refused("memory.reclaim", () -> job.reclaim(ByteSize.mebibytes(1)));
      refused("memory.peak", job::measurePeak);
      refused("memory.high", () -> job.limits().memoryHigh(Limit.none()));
      refused("memory.low", () -> job.limits().memoryLow(ByteSize.ZERO));
      refused("memory.oom.group", () -> job.limits().oomGroup(true));
      refused("pids.max", () -> job.limits().pidsMax(1));
      refused("memory.max", () -> job.limits().memoryMaxOrKill(MAX, Duration.ZERO));
    }
  }

  @Test
  void limitsGoUpAndDownAndSwapStaysAsItIs() {
    MemoryScope scope =
        MemoryScope.builder().memoryMax(MAX).swapMax(ByteSize.mebibytes(10)).build();
    try (ScopedProcess job = scope.start("sleep", "1000")) {
      for (long size : new long[] {512, 64, 128}) {
        job.limits().memoryMax(ByteSize.mebibytes(size));
        CgroupMemory memory = job.cgroup().memory();
        assertThat(memory.max()).isEqualTo(Limit.of(ByteSize.mebibytes(size)));
        Boxes.swapMax(job.cgroup()).ifPresent(max -> assertThat(max).isEqualTo(tenMebibytes()));
      }
      job.limits().swapMax(Limit.none());
      job.limits().memoryMax(MAX);
      CgroupMemory memory = job.cgroup().memory();
      assertThat(memory.max()).isEqualTo(Limit.of(MAX));
      Boxes.swapMax(job.cgroup()).ifPresent(max -> assertThat(max).isEqualTo(Limit.none()));
    }
  }

  @Test
  void aLimitBelowWhatIsUsedIsRefusedAndNothingDies() {
    String hold = "(head -c 100M /dev/zero; exec sleep 1000) | tail";
    try (ScopedProcess job = Boxes.ofMebibytes(256).start("sh", "-c", hold)) {
      Await.until(() -> job.cgroup().memory().current().compareTo(ByteSize.mebibytes(100)) > 0);

      assertThatIllegalStateException()
          .isThrownBy(() -> job.limits().memoryMax(ByteSize.mebibytes(64)))
          .withMessageContaining("for a memoryMax of 64Mi; nothing was changed");

      CgroupMemory memory = job.cgroup().memory();
      assertThat(memory.max()).isEqualTo(Limit.of(MAX));
      Boxes.swapMax(job.cgroup())
          .ifPresent(max -> assertThat(max).isEqualTo(Limit.of(ByteSize.ZERO)));
      assertThat(job.process().isAlive()).isTrue();
    }
  }

  @Test
  void aPercentageIsOneOfWhatBinds() {
    try (ScopedProcess job = MemoryScope.builder().memoryMaxPercent(5).start("sleep", "1000")) {
      ByteSize ceiling = Ceiling.above(job.cgroup().path(), MemInfo.read().total());
      ByteSize max = job.cgroup().memory().max().size().orElseThrow();

      assertThat(max.bytes()).isBetween(ceiling.bytes() / 20 - (64 << 10), ceiling.bytes() / 20);
    }
  }

  private static Limit tenMebibytes() {
    return Limit.of(ByteSize.mebibytes(10));
  }

  private static void refused(String file, UnaryOperator<MemoryScope.Builder> knob) {
    refused(file, () -> knob.apply(MemoryScope.builder().memoryMax(MAX)).start("true"));
    assertThat(Boxes.left()).isEmpty();
  }

  private static void refused(String file, ThrowingCallable call) {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(call)
        .withMessageStartingWith("could not use " + file + ": ")
        .withMessageContaining("cgroup v2");
  }
}
