package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Things that are kept for a second. */
class IdleTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final Idle<String> idle = new Idle<>(ended::add);

  @Test
  void theNewestThatWillDoIsTaken() {
    idle.keep("a1");
    idle.keep("b1");
    idle.keep("a2");

    assertThat(idle.take(thing -> thing.startsWith("a"))).contains("a2");
    assertThat(idle.take(thing -> thing.startsWith("a"))).contains("a1");
    assertThat(idle.take(thing -> thing.startsWith("a"))).isEmpty();
    assertThat(idle.take(thing -> thing.startsWith("b"))).contains("b1");
  }

  @Test
  void whatNobodyTakesIsEndedOnce() {
    idle.keep("a");
    idle.keep("b");

    assertThat(Patience.until(() -> ended.size() == 2, LONG)).isTrue();
    assertThat(ended).containsExactlyInAnyOrder("a", "b");
    assertThat(idle.take(any -> true)).isEmpty();
  }

  /** Of the same thing: what counts is when it was kept last. */
  @Test
  void whatIsKeptAgainHasItsSecondAgain() throws Exception {
    do {
      idle.keep("a");
      Thread.sleep(700);
    } while (idle.take(any -> true).isEmpty()); // this JVM stood still for too long
    ended.clear();
    long again = System.nanoTime();
    idle.keep("a");

    assertThat(Patience.until(() -> !ended.isEmpty(), LONG)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - again))
        .isGreaterThanOrEqualTo(Duration.ofMillis(990));
    assertThat(ended).containsExactly("a");
  }

  @Test
  void whatIsTakenIsNotEnded() {
    idle.keep("taken");
    assertThat(idle.take(any -> true)).contains("taken");
    idle.keep("later");

    // Kept after it, and ended after it if that were.
    assertThat(Patience.until(() -> ended.contains("later"), LONG)).isTrue();
    assertThat(ended).containsExactly("later");
  }
}
