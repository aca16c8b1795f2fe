package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Waiting for something to become so. */
class PatienceTest {

  /** As a JVM that was stopped in the middle of a look, and meanwhile it became so. */
  @Test
  void whoWasStoppedLooksOnceMore() {
    AtomicInteger looks = new AtomicInteger();
    boolean seen =
        Patience.until(
            () -> {
              if (looks.getAndIncrement() == 0) {
                pause(Duration.ofMillis(50));
                return false;
              }
              return true;
            },
            Duration.ofMillis(10));

    assertThat(seen).isTrue();
  }

  @Test
  void whatNeverComesIsWaitedForThatLong() {
    long start = System.nanoTime();
    assertThat(Patience.until(() -> false, Duration.ofMillis(20))).isFalse();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
  }

  @Test
  void anInterruptIsKeptAndCutsNothingShort() {
    AtomicInteger looks = new AtomicInteger();
    Thread.currentThread().interrupt();
    assertThat(Patience.until(() -> looks.incrementAndGet() > 5, Duration.ofSeconds(30))).isTrue();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void pause(Duration time) {
    Patience.until(() -> false, time);
  }
}
