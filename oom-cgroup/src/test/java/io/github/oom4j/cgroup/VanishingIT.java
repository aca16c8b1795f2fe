package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomException;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A cgroup that comes and goes while it is read. */
@Needs(Need.MEMORY_CGROUP)
class VanishingIT {

  private static final int ROUNDS = 300;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aCgroupThatVanishesWhileItIsReadIsAnOomExceptionAndNoOther() throws Exception {
    Path directory = Files.createDirectory(Boxes.freshCgroup());
    Cgroup cgroup = Cgroup.at(directory);
    List<Supplier<Object>> readings =
        List.of(cgroup::memory, cgroup::events, cgroup::pids, () -> Snapshot.of(cgroup));
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger gone = new AtomicInteger();
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; !over.get() || i == 0; i++) {
                try {
                  assertThat(readings.get(i % readings.size()).get()).isNotNull();
                } catch (OomException e) {
                  gone.incrementAndGet();
                }
              }
            });
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; !reader.isDone() && System.nanoTime() < end; i++) {
      Files.delete(directory);
      Files.createDirectory(directory);
      // One processor may give this thread its whole slice each time, and the other sees nothing.
      if (i >= ROUNDS && gone.get() > 0) {
        break;
      }
    }
    over.set(true);
    Files.delete(directory); // before anything fails, as others look for what is left

    reader.get();
    assertThat(gone.get()).isPositive();
  }
}
