package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Confidence;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.dbus.FakeServer;
import io.github.oom4j.cgroup.internal.dbus.FakeServer.Handler;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A manager of systemd that is crowded, restarts, is in the way, or is mute. */
@Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
class BusyManagerIT {

  private static final int THREADS = 64;

  private final Leftovers leftovers = Leftovers.now();

  private static MemoryScope.Builder box() {
    return MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).backend(ScopeBackend.SYSTEMD);
  }

  @AfterEach
  void nothingIsLeft() {
    leftovers.assertNone();
    String units = "oom4j-" + ProcessHandle.current().pid() + "-*";
    assertThat(Await.until(() -> systemctl("list-units", "--all", "--no-legend", units).isEmpty()))
        .isTrue();
  }

  @Test
  @Tag("slow")
  void sixtyFourThreadsAtOnceEachHaveTheirOwn() throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Callable<Integer>> starts = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int code = i;
      starts.add(
          () -> {
            together.await();
            try (ScopedProcess job = box().start("sh", "-c", "exit " + code)) {
              return job.waitFor().exitValue();
            }
          });
    }
    List<Future<Integer>> results = threads.invokeAll(starts);
    threads.shutdown();

    for (int i = 0; i < THREADS; i++) {
      assertThat(results.get(i).get()).isEqualTo(i);
    }
  }

  /** A launch waits for whoever restarts; should that take too long, it fails as a whole. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "systemctl daemon-reload",
        "systemctl daemon-reexec",
        "systemctl reset-failed dbus; systemctl restart dbus" // else it stays down after five
      })
  @Needs(Need.GUEST)
  @Tag("slow")
  void boxesAreMadeWhileItRestarts(String script) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> restarts =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              for (; !over.get(); count++) {
                run("sh", "-c", script + "; sleep 0.5");
              }
              return count;
            });
    List<String> failures = new ArrayList<>();
    int started = 0;
    while (started < 8 && failures.size() < 3) {
      try (ScopedProcess job = box().start("sh", "-c", "exec " + Boxes.hog(300))) {
        assertThat(job.cgroup().memory().max().size()).contains(ByteSize.mebibytes(64));
        assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
        started++;
      } catch (OomException e) {
        failures.add(e.toString());
      }
    }
    over.set(true);

    assertThat(restarts.get()).isPositive();
    reconnectTheUsersManager();
    assertThat(failures).isEmpty();
  }

  @Test
  @Needs(Need.GUEST)
  void aBoxOutlivesTheBus() throws Exception {
    try (ScopedProcess job = box().start("sh", "-c", "read line; exec " + Boxes.hog(300))) {
      systemctl("restart", "dbus");
      job.process().getOutputStream().close();

      assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
    } finally {
      reconnectTheUsersManager();
    }
  }

  /**
   * A user's manager does not come back to a system bus that was restarted, and from then on can't
   * ask PID 1 to move processes into its scopes.
   */
  private static void reconnectTheUsersManager() {
    systemctl("restart", "user@1000.service");
  }

  /** Whatever comes first; but a kill that was counted is never called none. */
  @Test
  void anOomKillInTheVeryMomentOfAStopIsNotDenied() throws Exception {
    for (int i = 0; i < 6; i++) {
      Process stop;
      try (ScopedProcess job = box().start("sh", "-c", "read line; exec " + Boxes.hog(300))) {
        stop = new ProcessBuilder("systemctl", "stop", Boxes.unitOf(job)).start();
        Thread.sleep(10L * i);
        job.process().getOutputStream().close();

        ScopeResult result = job.waitFor();

        ExitVerdict verdict = result.verdict();
        if (result.events().oomKill().isEmpty()) {
          assertThat(verdict.confidence()).isEqualTo(Confidence.INCOMPLETE);
        } else if (result.events().oomKill().getAsLong() > 0) {
          assertThat(verdict).isInstanceOf(ExitVerdict.OomKilled.class);
        } else {
          assertThat(verdict).isNotInstanceOf(ExitVerdict.OomKilled.class);
        }
      }
      assertThat(stop.waitFor()).isZero();
    }
  }

  @Test
  void aFailedUnitOfTheNameIsOutOfTheWay() throws Exception {
    String name = "oom4j-" + ProcessHandle.current().pid() + "-failed.scope";
    new ProcessBuilder(
            "systemd-run", "-q", "--scope", "--unit=" + name, "-p", "RuntimeMaxSec=1", "sleep", "9")
        .start()
        .waitFor();
    assertThat(Await.until(() -> systemctl("is-failed", name).contains("failed"))).isTrue();

    try (ScopedProcess job = box().unit(ScopeUnit.any().withName(name)).start("sleep", "1000")) {
      assertThat(job.cgroup().memory().max().size()).contains(ByteSize.mebibytes(64));
      assertThat(job.cgroup().name()).contains("/" + name + "/oom4j-");
    }
  }

  @Test
  @Tag("slow") // it is waited for as long as for a manager under load
  void aMuteManagerIsAnErrorAndNothingRuns(@TempDir Path dir) throws Exception {
    CompletableFuture<Process> client = new CompletableFuture<>();
    Handler noUnit =
        (peer, call) -> peer.error(call, "org.freedesktop.systemd1.NoSuchUnit", "fake");
    Map<String, Handler> handlers =
        Map.of(
            "GetConnectionUnixProcessID",
            (peer, call) -> peer.reply(call, "u", client.join().pid()),
            "GetUnit",
            noUnit,
            "StartTransientUnit",
            (peer, call) -> {});
    try (FakeServer mute = FakeServer.of(dir.resolve("bus"), handlers)) {
      ProcessBuilder builder =
          new ProcessBuilder(Boxes.java(BoxHolder.class, "systemd", "64", "sleep", "1000"));
      builder.environment().put("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + dir.resolve("bus"));
      Process jvm = builder.redirectErrorStream(true).start();
      client.complete(jvm);
      assertThat(Await.until(() -> mute.calls().contains("StartTransientUnit"))).isTrue();
      List<ProcessHandle> helpers = jvm.descendants().toList();

      String printed = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(printed).contains("LaunchException").contains("systemd did not answer in time");
      assertThat(helpers).isNotEmpty();
      assertThat(Await.until(() -> helpers.stream().noneMatch(h -> Boxes.isAlive(h.pid()))))
          .as("%s", helpers)
          .isTrue();
      assertThat(mute.calls()).contains("StopUnit");
    }
  }

  private static List<String> systemctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("systemctl"));
    command.addAll(Arrays.asList(arguments));
    return run(command.toArray(String[]::new));
  }

  private static List<String> run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
