package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.DeniedException;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The kernel log of the machine that runs the test. */
@Isolated("one test counts what others would write into the kernel log")
@Timeout(120)
class KernelLogIT {

  private static final Path DEVICE = Path.of("/dev/kmsg");
  private static final int FORGED_PID = 4_194_301;

  @Test
  @Needs(Need.KMSG)
  void readsTheRingToItsEndWithoutWaiting() {
    List<OomKillEvent> kills = KernelLog.system().kills().toList();
    assertThat(kills).allMatch(OomKillEvent::trusted).allMatch(k -> k.sequence().isPresent());
    assertThat(OomKillSource.find().orElseThrow().recentKills())
        .hasSizeGreaterThanOrEqualTo(kills.size());
  }

  @Test
  @Needs(Need.KMSG)
  void aSilentWatchClosesAtOnce() throws InterruptedException {
    KernelLogWatch watch = KernelLog.follow(kill -> {});
    Thread.sleep(50);
    Thread thread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().equals("oom4j-kmsg"))
            .findFirst()
            .orElseThrow();
    watch.close();
    assertThat(thread.isAlive()).isFalse();
    assertThat(watch.failure()).isEmpty();
    watch.close();
  }

  @Test
  @Needs(Need.KMSG)
  void watchesLeaveNoDescriptorOpen() throws IOException {
    KernelLog.follow(kill -> {}).close();
    long before = descriptors();
    // Few: each reads the whole ring, which after a storm of kills may take a guest seconds.
    for (int i = 0; i < 4; i++) {
      KernelLog.follow(kill -> {}).close();
      assertThat(KernelLog.system().kills()).isNotNull();
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
  }

  private static long descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  @Test
  @Needs({Need.ROOT, Need.KMSG})
  void whatUserSpaceWritesIsNoKill() throws Exception {
    BlockingQueue<OomKillEvent> seen = new LinkedBlockingQueue<>();
    try (KernelLogWatch watch = KernelLog.follow(seen::add)) {
      for (String prefix : List.of("<3>", "<0>", "<2048>", "")) {
        Files.writeString(
            DEVICE,
            prefix
                + "Out of memory: Killed process "
                + FORGED_PID
                + " (forged) total-vm:1kB, anon-rss:1kB, file-rss:1kB, shmem-rss:0kB, UID:0"
                + " pgtables:1kB oom_score_adj:0\n");
      }
      // Others may be killed meanwhile.
      for (OomKillEvent kill = poll(seen); kill != null; kill = poll(seen)) {
        assertThat(kill.victim().pid()).isNotEqualTo(FORGED_PID);
      }
      assertThat(watch.failure()).isEmpty();
    }
    assertThat(KernelLog.system().kills()).noneMatch(k -> k.victim().pid() == FORGED_PID);
  }

  private static @Nullable OomKillEvent poll(BlockingQueue<OomKillEvent> seen)
      throws InterruptedException {
    return seen.poll(300, TimeUnit.MILLISECONDS);
  }

  @Test
  @Needs({Need.ROOT, Need.KMSG, Need.MEMORY_CGROUP})
  void aKillArrivesWhileItHappens() throws Exception {
    BlockingQueue<OomKillEvent> seen = new LinkedBlockingQueue<>();
    try (KernelLogWatch watch = KernelLog.follow(seen::add);
        OomBox box = OomBox.create()) {
      Instant before = Instant.now();
      long pid = box.kill();
      OomKillEvent kill = await(seen, pid);
      assertThat(kill.constraint()).contains(OomConstraint.MEMCG);
      assertThat(kill.victim().comm()).isEqualTo("tail");
      assertThat(kill.victim().anonRss()).isPresent();
      assertThat(kill.victim().oomScoreAdj()).hasValue(0);
      assertThat(kill.trusted()).isTrue();
      assertThat(kill.wallClock().orElseThrow())
          .isBetween(before.minus(Duration.ofSeconds(5)), Instant.now().plusSeconds(5));
      // The report is missing where other kills have used up its budget of ten in five seconds.
      if (kill.trigger().isPresent()) {
        assertThat(kill.oomCgroup().orElseThrow()).endsWith("/" + box.name());
        assertThat(kill.victimCgroup()).isEqualTo(kill.oomCgroup());
        assertThat(kill.trigger().orElseThrow().kernel().orElseThrow())
            .startsWith(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        assertThat(kill.memory().memory().orElseThrow().limit().size().orElseThrow().toKibibytes())
            .isEqualTo(32 << 10);
        assertThat(kill.memory().cgroupStats()).isNotEmpty();
        assertThat(kill.tasks()).anyMatch(task -> task.pid() == pid);
      }
      assertThat(KernelLog.system().kills())
          .filteredOn(k -> k.sequence().equals(kill.sequence()))
          .hasSize(1);
      assertThat(watch.failure()).isEmpty();
    }
  }

  private static OomKillEvent await(BlockingQueue<OomKillEvent> seen, long pid)
      throws InterruptedException {
    while (true) {
      OomKillEvent kill = seen.poll(30, TimeUnit.SECONDS);
      if (kill == null) {
        throw new AssertionError("no event for the kill of " + pid);
      }
      if (kill.victim().pid() == pid) {
        return kill;
      }
    }
  }

  @Test
  @Needs(Need.UNPRIVILEGED)
  void aRefusalSaysWhatToGrant() {
    assumeTrue(Files.exists(DEVICE), "there is no /dev/kmsg here");
    assumeFalse(isOpenToAll(), "kernel.dmesg_restrict is 0: everybody may read /dev/kmsg here");
    assertThatThrownBy(() -> KernelLog.system().kills())
        .isInstanceOf(DeniedException.class)
        .hasMessageContaining("/dev/kmsg")
        .hasMessageContaining("CAP_SYSLOG");
  }

  private static boolean isOpenToAll() {
    return Need.KMSG.missing().isEmpty();
  }
}
