package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What subscriptions are asked for and tell, as values. */
class SubscriptionsTest {

  private static final Duration STALL = Duration.ofMillis(150);
  private static final PressureTrigger SOME = PressureTrigger.some(STALL, Duration.ofSeconds(2));

  @Test
  void aTriggerReadsAsTheKernelWantsIt() {
    assertThat(SOME).hasToString("some 150000 2000000");
    assertThat(PressureTrigger.full(Duration.ofNanos(1999), Duration.ofSeconds(10)))
        .hasToString("full 1 10000000");
  }

  @ParameterizedTest
  @CsvSource({"PT0S,PT2S", "PT-1S,PT2S", "PT0.000000999S,PT2S", "PT3S,PT2S", "PT1S,PT10.000001S"})
  void aTriggerThatNoKernelTakesIsRefused(Duration stall, Duration window) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PressureTrigger.some(stall, window))
        .withMessageContaining(stall.toString());
  }

  @Test
  void growthIsKnownOnlyWhereBothAre() {
    MemoryEvents before = events(1, OptionalLong.empty());
    MemoryEvents now = events(4, OptionalLong.of(2));
    MemoryEvents growth = new MemoryEventsChange(before, now).growth();
    assertThat(growth.oomKill()).hasValue(3);
    assertThat(growth.oomGroupKill()).isEmpty();
    assertThat(growth.low()).hasValue(0);
  }

  private static MemoryEvents events(long kills, OptionalLong groupKills) {
    OptionalLong five = OptionalLong.of(5);
    return new MemoryEvents(five, five, five, five, OptionalLong.of(kills), groupKills);
  }

  @Test
  void aFirstFiringWithoutTheStallIsFalseWhereTheKernelIsWrong() throws IOException {
    MemoryPressure armed = captured();
    var first = new Subscriptions.FirstFiring(SOME, armed.some().total(), false);
    assertThat(first.isTrue(later(armed, 1))).isFalse();
    assertThat(first.isTrue(later(armed, 149))).isFalse();
    assertThat(first.isTrue(later(armed, 150))).isTrue();
    assertThat(first.isTrue(later(armed, 150))).isTrue();
  }

  @Test
  void aFirstFiringOfThePrivilegedIsTrue() throws IOException {
    MemoryPressure armed = captured();
    var first = new Subscriptions.FirstFiring(SOME, armed.some().total(), true);
    assertThat(first.isTrue(later(armed, 1))).isTrue();
  }

  private static MemoryPressure captured() throws IOException {
    return MemoryPressure.parse(Files.readString(Captured.path("qemu-6.1/proc/pressure/memory")));
  }

  private static MemoryPressure later(MemoryPressure armed, long millis) {
    MemoryPressure.Stall some = armed.some();
    return new MemoryPressure(
        new MemoryPressure.Stall(
            some.avg10(), some.avg60(), some.avg300(), some.total().plusMillis(millis)),
        armed.full());
  }
}
