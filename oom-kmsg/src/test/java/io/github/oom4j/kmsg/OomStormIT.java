package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Kill after kill: each is told once, or counted as lost. */
@Isolated("it uses up the kernel's budget of reports")
@Needs({Need.ROOT, Need.KMSG, Need.MEMORY_CGROUP})
@Timeout(900)
class OomStormIT {

  @Test
  void fortyKillsAreFortyEvents(TestReporter report) throws Exception {
    storm(40, report);
  }

  @Test
  @Tag("exhaustive")
  void fiveHundredKillsAreFiveHundredEvents(TestReporter report) throws Exception {
    storm(500, report);
  }

  private static void storm(int kills, TestReporter report) throws Exception {
    Set<Long> told = ConcurrentHashMap.newKeySet();
    AtomicInteger events = new AtomicInteger();
    AtomicInteger withReport = new AtomicInteger();
    try (OomBox box = OomBox.create(8);
        KernelLogWatch watch =
            KernelLog.follow(
                kill -> {
                  if (told.add(kill.victim().pid())) {
                    withReport.addAndGet(kill.trigger().isPresent() ? 1 : 0);
                  }
                  events.incrementAndGet();
                })) {
      long start = System.nanoTime();
      Set<Long> victims = box.storm(kills, 20);
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      assertThat(victims).hasSize(kills);
      long lastPid = box.kill();
      try (Followed later = Followed.from(KernelLogStart.oldest())) {
        later.await(lastPid);
      }
      Await.until(() -> told.contains(lastPid));
      Set<Long> missing = new HashSet<>(victims);
      missing.removeAll(told);
      report.publishEntry(
          Map.of(
              "kills", Integer.toString(kills),
              "seconds", Long.toString(seconds),
              "events", Integer.toString(events.get()),
              "with report", withReport.toString(),
              "missing", Integer.toString(missing.size()),
              "records lost", Long.toString(watch.lost())));
      assertThat(told).contains(lastPid);
      assertThat(watch.failure()).isEmpty();
      assertThat((long) missing.size()).isLessThanOrEqualTo(watch.lost());
    }
  }
}
