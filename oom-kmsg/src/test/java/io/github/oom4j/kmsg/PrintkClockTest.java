package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class PrintkClockTest {

  private static final long SECOND = 1_000_000;

  /** Microseconds of a machine that booted at 1,000 s. */
  private long monotonic = 50 * SECOND;

  private long wall = 1050 * SECOND;
  private final PrintkClock clock = new PrintkClock(() -> wall, () -> monotonic);

  private void pass(long micros) {
    monotonic += micros;
    wall += micros;
  }

  private static Instant at(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  @Test
  void beforeAnyRecordWasSeenBothClocksAreTakenForOne() {
    assertThat(clock.estimate(20 * SECOND)).isEqualTo(at(1020 * SECOND));
  }

  @Test
  void theQuickestRecordTellsTheOffset() {
    clock.observe(monotonic - 3 * SECOND - 900); // the printk clock is 3 s late
    assertThat(clock.estimate(20 * SECOND)).isEqualTo(at(1023 * SECOND + 900));
    pass(SECOND);
    clock.observe(monotonic - 3 * SECOND - 20);
    pass(SECOND);
    clock.observe(monotonic - 3 * SECOND - 5000);
    assertThat(clock.estimate(20 * SECOND)).isEqualTo(at(1023 * SECOND + 20));
  }

  @Test
  void anOffsetIsNotTrustedForEver() {
    clock.observe(monotonic - 20);
    pass(3600 * SECOND);
    clock.observe(monotonic - 5000); // slower by now
    assertThat(clock.estimate(20 * SECOND)).isEqualTo(at(1020 * SECOND + 5000));
  }

  @Test
  void aSuspendAndASetClockAreNoticedOnce() {
    assertThat(clock.hasStepped()).isFalse();
    clock.observe(monotonic - 20);
    wall += 7200 * SECOND; // CLOCK_MONOTONIC stands still in suspend
    assertThat(clock.hasStepped()).isTrue();
    assertThat(clock.hasStepped()).isFalse();
    assertThat(clock.estimate(monotonic)).isEqualTo(at(wall));
    wall -= 3600 * SECOND;
    assertThat(clock.hasStepped()).isTrue();
    assertThat(clock.estimate(monotonic)).isEqualTo(at(wall));
  }
}
