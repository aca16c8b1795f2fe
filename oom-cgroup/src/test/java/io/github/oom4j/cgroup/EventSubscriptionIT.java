package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.cgroup.EventSubscription.End;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of a subscription and of the thread, shown with the event that is easiest to make. */
@Needs(Need.LINUX)
@Timeout(120)
class EventSubscriptionIT {

  private static final long IDLE_MILLIS = 1000;

  private final Leftovers leftovers = Leftovers.now();

  private final BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();

  @BeforeAll
  static void jnaIsLoaded() throws IOException {
    try (PlainCgroup cgroup = new PlainCgroup()) {
      cgroup.cgroup().onPopulated(populated -> {}).close();
    }
  }

  @AfterEach
  void nothingIsLeft() {
    leftovers.assertNone();
    assertThat(EventsThread.ends()).isTrue();
  }

  @Test
  void tellsWhatIsAndWhatChanges() throws Exception {
    try (PlainCgroup place = new PlainCgroup();
        EventSubscription watch = place.cgroup().onPopulated(told::add)) {
      assertThat(next()).isFalse();
      Process process = place.enter();
      assertThat(next()).isTrue();
      PlainCgroup.leave(process);
      assertThat(next()).isFalse();
      assertThat(watch.isOpen()).isTrue();
      assertThat(watch.failure()).isEmpty();
      assertThat(watch).hasToString("EventSubscription[" + place.path() + "/cgroup.events]");
    }
    assertThat(told).isEmpty();
  }

  @Test
  void sleepsWhileNothingHappens() throws Exception {
    try (PlainCgroup place = new PlainCgroup();
        EventSubscription one = place.cgroup().onPopulated(told::add);
        EventSubscription two = place.cgroup().onPopulated(told::add)) {
      assertThat(next()).isFalse();
      assertThat(next()).isFalse();
      assertAsleep();
      assertThat(one.isOpen() && two.isOpen()).isTrue();
    }
  }

  @Test
  void endsWithTheCgroupAndSleepsOn() throws Exception {
    try (PlainCgroup place = new PlainCgroup();
        EventSubscription other = place.cgroup().onPopulated(populated -> {})) {
      EventSubscription watch;
      try (PlainCgroup doomed = new PlainCgroup()) {
        watch = doomed.cgroup().onPopulated(told::add);
        assertThat(next()).isFalse();
      }
      assertThat(watch.onEnd().get(30, TimeUnit.SECONDS)).isEqualTo(End.REMOVED);
      assertThat(watch.isOpen()).isFalse();
      assertThat(watch.failure()).isEmpty();
      watch.close();
      assertThat(watch.onEnd()).isCompletedWithValue(End.REMOVED);
      assertThat(watch).asString().endsWith(", ended]");
      assertAsleep();
      assertThat(other.isOpen()).isTrue();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void theThreadEndsWithTheLastCgroup() throws Exception {
    EventSubscription watch;
    try (PlainCgroup doomed = new PlainCgroup()) {
      watch = doomed.cgroup().onPopulated(told::add);
    }
    assertThat(watch.onEnd().get(30, TimeUnit.SECONDS)).isEqualTo(End.REMOVED);
  }

  /**
   * One that polls is never asleep so long; the last thing it was woken for may not be over yet.
   */
  private static void assertAsleep() throws Exception {
    boolean slept = false;
    for (int i = 0; i < 5 && !slept; i++) {
      List<String> before = EventsThread.switches();
      Thread.sleep(IDLE_MILLIS);
      slept = EventsThread.switches().equals(before);
    }
    assertThat(slept).isTrue();
  }

  @Test
  void oneThreadServesAll() throws Exception {
    try (PlainCgroup place = new PlainCgroup()) {
      List<EventSubscription> all = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        all.add(place.cgroup().onPopulated(told::add));
      }
      for (int i = 0; i < all.size(); i++) {
        assertThat(next()).isFalse();
      }
      assertThat(EventsThread.count()).isEqualTo(1);
      all.subList(0, 100).forEach(EventSubscription::close);
      Process process = place.enter();
      for (int i = 100; i < all.size(); i++) {
        assertThat(next()).isTrue();
      }
      all.forEach(EventSubscription::close);
      PlainCgroup.leave(process);
      assertThat(told).isEmpty();
    }
  }

  @Test
  void closesInItsOwnCallback() throws Exception {
    try (PlainCgroup place = new PlainCgroup()) {
      CompletableFuture<EventSubscription> self = new CompletableFuture<>();
      EventSubscription watch =
          place
              .cgroup()
              .onPopulated(
                  populated -> {
                    told.add(populated);
                    self.join().close();
                    self.join().close();
                  });
      self.complete(watch);
      assertThat(watch.onEnd().get(30, TimeUnit.SECONDS)).isEqualTo(End.CLOSED);
      PlainCgroup.leave(place.enter());
      watch.close();
      assertThat(told).containsExactly(false);
    }
  }

  @Test
  void listenersMaySubscribeAndCloseOthers() throws Exception {
    try (PlainCgroup place = new PlainCgroup()) {
      EventSubscription other = place.cgroup().onPopulated(populated -> {});
      CompletableFuture<EventSubscription> inner = new CompletableFuture<>();
      EventSubscription outer =
          place
              .cgroup()
              .onPopulated(
                  populated -> {
                    other.close();
                    inner.complete(place.cgroup().onPopulated(told::add));
                  });
      assertThat(next()).isFalse();
      assertThat(other.onEnd().get(30, TimeUnit.SECONDS)).isEqualTo(End.CLOSED);
      outer.close();
      inner.join().close();
    }
  }

  @Test
  void whatAListenerThrowsEndsNothing() throws Exception {
    try (PlainCgroup place = new PlainCgroup();
        EventSubscription watch =
            place
                .cgroup()
                .onPopulated(
                    populated -> {
                      told.add(populated);
                      if (populated) {
                        throw new IllegalStateException("mine");
                      }
                      throw new LinkageError("not even this");
                    })) {
      assertThat(next()).isFalse();
      Process process = place.enter();
      assertThat(next()).isTrue();
      PlainCgroup.leave(process);
      assertThat(next()).isFalse();
      assertThat(watch.isOpen()).isTrue();
    }
  }

  @Test
  void aSlowListenerMissesWhatPassedButNotWhatIs() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    try (PlainCgroup place = new PlainCgroup()) {
      EventSubscription watch =
          place
              .cgroup()
              .onPopulated(
                  populated -> {
                    told.add(populated);
                    await(busy);
                  });
      assertThat(next()).isFalse();
      PlainCgroup.leave(place.enter());
      PlainCgroup.leave(place.enter());
      Process stays = place.enter();
      busy.countDown();
      assertThat(next()).isTrue();
      watch.close();
      PlainCgroup.leave(stays);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void closeDoesNotWaitForAListenerForEver() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    try (PlainCgroup place = new PlainCgroup()) {
      EventSubscription watch =
          place
              .cgroup()
              .onPopulated(
                  populated -> {
                    told.add(populated);
                    await(busy);
                  });
      assertThat(next()).isFalse();
      PlainCgroup.leave(place.enter());
      watch.close();
      assertThat(watch.isOpen()).isTrue();
      busy.countDown();
      assertThat(watch.onEnd().get(30, TimeUnit.SECONDS)).isEqualTo(End.CLOSED);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void survivesAStormOfSubscriptions() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (PlainCgroup place = new PlainCgroup()) {
      List<Future<?>> storms = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        storms.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 250; i++) {
                    CountDownLatch first = new CountDownLatch(i % 2);
                    EventSubscription watch =
                        place
                            .cgroup()
                            .onPopulated(
                                populated -> {
                                  heard.incrementAndGet();
                                  first.countDown();
                                });
                    await(first);
                    watch.close();
                  }
                }));
      }
      for (Future<?> storm : storms) {
        storm.get();
      }
    } finally {
      pool.shutdown();
      pool.awaitTermination(30, TimeUnit.SECONDS);
    }
    assertThat(heard.get()).isGreaterThanOrEqualTo(500);
  }

  @Test
  void aCgroupThatIsGoneIsRefused() throws Exception {
    try (PlainCgroup place = new PlainCgroup()) {
      Cgroup gone = place.cgroup();
      Files.delete(place.path());
      assertThatExceptionOfType(CgroupGoneException.class)
          .isThrownBy(() -> gone.onPopulated(told::add))
          .withMessageContaining("the cgroup " + place.path() + " is gone");
    }
  }

  private Boolean next() throws InterruptedException {
    Boolean value = told.poll(30, TimeUnit.SECONDS);
    assertThat(value).as("what was told within half a minute").isNotNull();
    return value;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
