package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.internal.events.FileEvents;
import io.github.oom4j.cgroup.internal.events.Watch;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from an event in the kernel to the callback. First with an event that has an
 * exact beginning, the write to {@code cgroup.freeze} of an empty cgroup; then, where boxes can be
 * made in cgroup v2, with real OOM kills, beside the moment at which {@code waitFor()} returns.
 * Last, what the thread does while nothing happens. Takes the numbers of events, of kills, and of
 * idle seconds. In a guest:
 *
 * <pre>
 * guest/sh -- java -cp oom-examples/target/oom-examples.jar:oom-cgroup/target/test-classes:\
 *     guest/target/classes io.github.oom4j.cgroup.PushLatency 500 30 10
 * </pre>
 */
final class PushLatency {

  private PushLatency() {}

  public static void main(String[] args) throws Exception {
    toggles(Integer.parseInt(args[0]));
    if (Boxes.backends().anyMatch(backend -> backend != ScopeBackend.CGROUP_V1)) {
      kills(Integer.parseInt(args[1]));
    }
    idle(Integer.parseInt(args[2]));
  }

  private static void toggles(int rounds) throws Exception {
    LinkedBlockingQueue<Long> told = new LinkedBlockingQueue<>();
    List<Long> nanos = new ArrayList<>();
    int late = 0;
    try (PlainCgroup place = new PlainCgroup();
        RandomAccessFile freeze =
            new RandomAccessFile(place.path().resolve("cgroup.freeze").toFile(), "rw")) {
      Watch<String> watch =
          Watch.start(
              FileEvents.here().open(place.path().resolve("cgroup.events"), ""),
              Optional.empty(),
              text -> new String(text, StandardCharsets.US_ASCII),
              (before, now) -> told.add(System.nanoTime()));
      told.take();
      for (int round = -50; round < rounds; round++) {
        // The kernel tells once per 10 ms at most.
        Thread.sleep(12 + ThreadLocalRandom.current().nextInt(20));
        byte[] state = {(byte) ('1' - (round & 1))};
        long start = System.nanoTime();
        freeze.write(state);
        Long end = told.poll(10, TimeUnit.SECONDS);
        if (end == null) {
          late++;
        } else if (round >= 0) {
          nanos.add(end - start);
        }
      }
      watch.close();
    }
    print("write to callback", nanos);
    System.out.println("not told: " + late);
  }

  private static void kills(int rounds) throws Exception {
    MemoryScope scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(32)).build();
    List<Long> nanos = new ArrayList<>();
    long before = 0;
    for (int round = 0; round < rounds; round++) {
      try (ScopedProcess job = scope.start("sh", "-c", "read line; exec " + Boxes.hog(300))) {
        LinkedBlockingQueue<Long> told = new LinkedBlockingQueue<>();
        try (EventSubscription watch =
            job.cgroup()
                .onMemoryEvents(
                    change -> {
                      if (change.growth().oomKill().orElse(0) > 0) {
                        told.add(System.nanoTime());
                      }
                    })) {
          job.process().getOutputStream().close();
          job.process().waitFor();
          long exited = System.nanoTime();
          Long end = told.poll(10, TimeUnit.SECONDS);
          if (end == null || !watch.isOpen()) {
            System.out.println("a kill was not told");
          } else {
            nanos.add(Math.max(0, end - exited));
            before += end < exited ? 1 : 0;
          }
        }
      }
    }
    print("exit to callback", nanos);
    System.out.println("told before the exit: " + before + " of " + rounds);
  }

  private static void idle(int seconds) throws Exception {
    try (PlainCgroup place = new PlainCgroup();
        EventSubscription watch = place.cgroup().onPopulated(populated -> {})) {
      Thread.sleep(1000);
      System.out.println("before: " + EventsThread.switches());
      Thread.sleep(seconds * 1000L);
      System.out.println("after " + seconds + " s: " + EventsThread.switches());
      System.out.println("open: " + watch.isOpen());
    }
  }

  private static void print(String what, List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int n = sorted.size();
    System.out.printf(
        "%s: n %d, median %.0f us, p99 %.0f us, max %.0f us%n",
        what,
        n,
        sorted.get(n / 2) / 1e3,
        sorted.get(Math.min(n - 1, n * 99 / 100)) / 1e3,
        sorted.get(n - 1) / 1e3);
  }
}
