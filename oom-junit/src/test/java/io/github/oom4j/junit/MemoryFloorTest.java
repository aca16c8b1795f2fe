package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.ByteSize;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryFloorTest {

  private final MemoryFloor floor = MemoryFloor.of("true");

  @Test
  void aRangeIsNeeded() {
    assertThatIllegalStateException().isThrownBy(floor::find).withMessageContaining("between");
  }

  @Test
  void badSettingsAreRefusedAtOnce() {
    ByteSize some = ByteSize.mebibytes(10);
    assertThatIllegalArgumentException().isThrownBy(() -> floor.between(some, some));
    assertThatIllegalArgumentException().isThrownBy(() -> floor.between(ByteSize.ZERO, some));
    assertThatIllegalArgumentException().isThrownBy(() -> floor.within(ByteSize.bytes(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> floor.repeats(0));
    assertThatIllegalArgumentException().isThrownBy(() -> floor.timeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> floor.probeTimeout(Duration.ofSeconds(-1)));
  }
}
