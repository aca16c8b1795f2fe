package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.oom4j.DeniedException;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's log by way of a real journald. */
@Timeout(180)
@Needs({Need.GUEST, Need.SYSTEMD_SYSTEM_BUS})
class KernelJournalIT {

  private static final List<String> NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--bounding-set=-all");

  @Test
  @Needs({Need.ROOT, Need.MEMORY_CGROUP})
  void aKillIsFollowedAndRemembered() throws Exception {
    BlockingQueue<OomKillEvent> seen = new LinkedBlockingQueue<>();
    Instant before = Instant.now();
    KernelJournalWatch watch = KernelLog.journal().watch(seen::add);
    try (OomBox box = OomBox.create()) {
      long pid = box.kill();
      OomKillEvent kill = seen.poll(60, TimeUnit.SECONDS);
      assertThat(kill).isNotNull();
      assertThat(kill.victim().pid()).isEqualTo(pid);
      assertThat(kill.constraint()).contains(OomConstraint.MEMCG);
      assertThat(kill.oomCgroup().orElseThrow()).endsWith(box.name());
      assertThat(kill.tasks()).isNotEmpty();
      assertThat(kill.trusted()).isTrue();
      assertThat(kill.sequence()).isEmpty();
      assertThat(kill.sinceBoot()).isPresent();
      assertThat(kill.wallClock().orElseThrow())
          .isBetween(before.minus(Duration.ofSeconds(5)), Instant.now().plusSeconds(5));
      assertThat(KernelLog.journal().kills().map(k -> k.victim().pid())).contains(pid);
    } finally {
      watch.close();
    }
    assertThat(watch.failure()).isEmpty();
    assertThat(ProcessHandle.current().children().filter(KernelJournalIT::isJournalctl)).isEmpty();
  }

  @Test
  @Needs(Need.ROOT)
  void whatUsersWriteIntoTheJournalIsNoKill() throws Exception {
    String line =
        "Out of memory: Killed process 4194301 (forged) total-vm:9kB, anon-rss:8kB, file-rss:7kB,"
            + " shmem-rss:6kB, UID:5 pgtables:4kB oom_score_adj:0";
    new ProcessBuilder("logger", "-p", "kern.err", "-t", "kernel", line).start().waitFor();
    new ProcessBuilder("sh", "-c", "echo '<3>" + line + "' > /dev/kmsg").start().waitFor();
    new ProcessBuilder("journalctl", "--sync").start().waitFor();
    assertThat(KernelLog.journal().kills()).noneMatch(kill -> kill.victim().pid() == 4194301);
  }

  @Test
  @Needs(Need.ROOT)
  void aMemberOfTheGroupMayRead() throws Exception {
    List<String> member = new java.util.ArrayList<>(NOBODY);
    member.add("--groups=systemd-journal");
    assertThat(output(JournalProbe.start(member, "kills"))).startsWith("kills [");
  }

  @Test
  @Needs(Need.ROOT)
  void nobodyElseMayAndIsToldTheGroup() throws Exception {
    List<String> nobody = new java.util.ArrayList<>(NOBODY);
    nobody.add("--clear-groups");
    assertThat(output(JournalProbe.start(nobody, "kills")))
        .startsWith("DeniedException ")
        .contains("systemd-journal");
  }

  @Test
  @Needs(Need.UNPRIVILEGED)
  void anUnprivilegedUserIsToldTheGroup() throws Exception {
    String groups = output(new ProcessBuilder("id", "-nG").start());
    if (groups.contains("systemd-journal") || groups.contains("adm")) {
      assertThat(KernelLog.journal().kills()).isNotNull();
    } else {
      assertThatThrownBy(() -> KernelLog.journal().watch(kill -> {}))
          .isInstanceOf(DeniedException.class)
          .hasMessageContaining("systemd-journal");
    }
  }

  @Test
  @Needs(Need.ROOT)
  void journalctlDoesNotOutliveACrash() throws Exception {
    Process probe = JournalProbe.start(List.of(), "follow");
    BufferedReader out = probe.inputReader(StandardCharsets.UTF_8);
    assertThat(out.readLine()).isEqualTo("following Optional.empty");
    List<ProcessHandle> children =
        probe.descendants().filter(KernelJournalIT::isJournalctl).toList();
    assertThat(children).hasSize(1);
    probe.destroyForcibly().waitFor();
    assertThat(children.get(0).onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
  }

  private static boolean isJournalctl(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("journalctl");
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
