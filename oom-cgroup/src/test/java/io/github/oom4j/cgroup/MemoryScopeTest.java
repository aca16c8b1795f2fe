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

    assertThat(scope.memoryMax()).isEqualTo(ByteSize.mebibytes(1));
    assertThat(scope.swapMax()).isEqualTo(Limit.of(ByteSize.ZERO));
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

    assertThat(scope.swapMax()).isEqualTo(Limit.none());
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
    assertThat(MemoryScope.builder().memoryMax(ByteSize.bytes(4096)).build().memoryMax())
        .isEqualTo(ByteSize.kibibytes(4));
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
  void equalDescriptionsAreEqual() {
    MemoryScope scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build();

    assertThat(scope)
        .isEqualTo(MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build())
        .hasSameHashCodeAs(MemoryScope.builder().memoryMax(ByteSize.mebibytes(1)).build())
        .isNotEqualTo(MemoryScope.builder().memoryMax(ByteSize.mebibytes(2)).build());
  }
}
