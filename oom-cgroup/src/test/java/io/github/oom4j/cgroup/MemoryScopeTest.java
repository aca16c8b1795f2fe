package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MemoryScopeTest {

  @Test
  void swapIsZeroUnlessSaidOtherwise() {
    MemoryScope scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build();

    assertThat(scope.limits().memoryMax()).contains(ByteSize.mebibytes(1));
    assertThat(scope.limits().swapMax()).isEqualTo(Limit.of(ByteSize.ZERO));
    assertThat(scope.oomScoreAdj()).isEmpty();
    assertThat(scope.backend()).isEmpty();
    assertThat(scope)
        .hasToString(
            "MemoryScope[memoryMax=1.0Mi, swapMax=0B, oomScoreAdj=0 if allowed, backend=best]");
  }

  @Test
  void everythingCanBeSaid() {
    MemoryScope scope =
        MemoryScope.builder()
            .memoryMax(ByteSize.mebibytes(1))
            .swapMax(Limit.none())
            .oomScoreAdj(-7)
            .backend(ScopeBackend.CGROUPFS)
            .build();

    assertThat(scope.limits().swapMax()).isEqualTo(Limit.none());
    assertThat(scope.oomScoreAdj()).isEqualTo(OptionalInt.of(-7));
    assertThat(scope.backend()).contains(ScopeBackend.CGROUPFS);
    assertThat(scope)
        .hasToString("MemoryScope[memoryMax=1.0Mi, swapMax=max, oomScoreAdj=-7, backend=cgroupfs]");
  }

  @Test
  void aMemoryLimitBelowOnePageIsRefused() {
    for (long bytes : new long[] {0, 1, 4095}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MemoryScope.builder().memoryMax(ByteSize.bytes(bytes)))
          .withMessage("memoryMax is at least one page of 4096 bytes, not " + bytes + " bytes");
    }
    assertThat(MemoryScope.builder().memoryMax(ByteSize.bytes(4096)).build().limits().memoryMax())
        .contains(ByteSize.kibibytes(4));
  }

  @Test
  void aSwapLimitBelowOnePageIsRefusedUnlessItIsZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryScope.builder().swapMax(ByteSize.bytes(1)))
        .withMessage("swapMax is zero or at least one page of 4096 bytes, not 1 bytes");
    MemoryScope.Builder unused = MemoryScope.builder().swapMax(ByteSize.ZERO);
    assertThat(unused).isNotNull();
  }

  @Test
  void anAdjOutOfRangeIsRefused() {
    for (int adj : new int[] {-1001, 1001}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MemoryScope.builder().oomScoreAdj(adj))
          .withMessage("oomScoreAdj is -1000 to 1000, not " + adj);
    }
  }

  @Test
  void withoutALimitThereIsNoBox() {
    assertThatIllegalStateException()
        .isThrownBy(() -> MemoryScope.builder().start("true"))
        .withMessage("memoryMax is not set");
  }

  @Test
  void eachLimitIsTold() {
    MemoryScope scope =
        MemoryScope.builder()
            .memoryMax(ByteSize.mebibytes(8))
            .memoryMaxPercent(50)
            .memoryHigh(ByteSize.mebibytes(4))
            .memoryLow(ByteSize.mebibytes(2))
            .memoryMin(ByteSize.mebibytes(1))
            .zswapMax(Limit.of(ByteSize.ZERO))
            .oomGroup(true)
            .pidsMax(9)
            .build();

    assertThat(scope.limits())
        .hasToString(
            "ScopeLimits[memoryMax=8.0Mi, memoryMax=50%, memoryHigh=4.0Mi, memoryLow=2.0Mi,"
                + " memoryMin=1.0Mi, swapMax=0B, zswapMax=0B, oomGroup, pidsMax=9]");
  }

  @Test
  void aPercentageAloneIsALimit() {
    ScopeLimits limits = MemoryScope.builder().memoryMaxPercent(33).build().limits();

    assertThat(limits.memoryMax()).isEmpty();
    assertThat(limits.memoryMaxUnder(() -> ByteSize.bytes(1001))).isEqualTo(ByteSize.bytes(330));
    assertThat(limits.memoryMaxUnder(() -> ByteSize.bytes(Long.MAX_VALUE)).bytes())
        .isEqualTo(3043712772162076016L);
  }

  @Test
  void whatNoKernelCanDoIsRefused() {
    MemoryScope.Builder scope = MemoryScope.builder();
    ByteSize lessThanAPage = ByteSize.bytes(4095);

    assertThatIllegalArgumentException().isThrownBy(() -> scope.memoryMaxPercent(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scope.memoryMaxPercent(101))
        .withMessage("memoryMaxPercent is 1 to 100, not 101");
    assertThatIllegalArgumentException().isThrownBy(() -> scope.memoryHigh(lessThanAPage));
    assertThatIllegalArgumentException().isThrownBy(() -> scope.memoryLow(lessThanAPage));
    assertThatIllegalArgumentException().isThrownBy(() -> scope.memoryMin(lessThanAPage));
    assertThatIllegalArgumentException().isThrownBy(() -> scope.zswapMax(Limit.of(lessThanAPage)));
    assertThatIllegalArgumentException().isThrownBy(() -> scope.pidsMax(0));
  }

  @Test
  void equalDescriptionsAreEqual() {
    MemoryScope scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build();

    assertThat(scope)
        .isEqualTo(MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build())
        .hasSameHashCodeAs(MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build())
        .isNotEqualTo(MemoryScope.builder().memoryMax(ByteSize.mebibytes(2)).build());
  }
}
