package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.LaunchException;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate and the guards at a directory that only pretends to be a box. */
@Needs(Need.LINUX)
class GateIT {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path dir;

  private final ProcessBuilder command = new ProcessBuilder("sh", "-c", "exit 7");
  private final Guard guard = new Guard();
  private final Guard other = new Guard();

  @BeforeEach
  void make() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    other.watch(dir.resolve("never")); // so that the guard of this JVM is not idle, and stays
  }

  @AfterEach
  void close() {
    guard.close();
    other.close();
  }

  private Gate.Result enter(Path box) {
    return Gate.to(command).enter(box, OptionalInt.empty(), Optional.empty());
  }

  @Test
  void aGateThatIsThroughBecomesTheCommand() throws Exception {
    Gate.Result result = enter(dir);

    assertThat(result.outcome()).isEqualTo(Gate.Outcome.JOINED);
    assertThat(result.process().waitFor()).isEqualTo(7);
    assertThat(dir.resolve("cgroup.procs")).hasContent("0");
  }

  @Test
  void aGateThatIsNotLetInSaysWhyAndRunsNothing() {
    Gate.Result result = enter(dir.resolve("no"));

    assertThat(result.outcome()).isEqualTo(Gate.Outcome.JOIN_REFUSED);
    assertThat(result.said()).contains(dir + "/no/cgroup.procs").doesNotContain("E join");
    assertThat(result.process().isAlive()).isFalse();
    assertThat(result.process().exitValue()).isNotEqualTo(7);
  }

  /** Each hears of its own shell alone, though all write to one pipe. */
  @Test
  void manyGatesAtATimeAreToldApart() throws Exception {
    List<CompletableFuture<Gate.Result>> results = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Path box = dir.resolve("box" + i);
      if (i % 3 != 0) {
        Files.createFile(Files.createDirectory(box).resolve("cgroup.procs"));
      }
      results.add(CompletableFuture.supplyAsync(() -> enter(box)));
    }

    for (int i = 0; i < results.size(); i++) {
      Gate.Result result = results.get(i).get();
      if (i % 3 == 0) {
        assertThat(result.outcome()).isEqualTo(Gate.Outcome.JOIN_REFUSED);
        assertThat(result.said()).contains("/box" + i + "/").containsOnlyOnce("/box");
      } else {
        assertThat(result.outcome()).isEqualTo(Gate.Outcome.JOINED);
      }
    }
  }

  /** Even if it could go by itself. */
  @Test
  @Needs({Need.CGROUP_V2, Need.ROOT})
  void aGateWaitsForItsUsher() throws Exception {
    joinsWith(
        (pid, processes) -> {
          Patience.until(() -> false, Duration.ofMillis(300));
          assertThat(text(processes)).isEmpty();
          assertThat(text(Path.of("/proc/" + pid + "/comm"))).isEqualTo("sh\n");
          write(processes, Long.toString(pid));
        });
  }

  /** An answer of systemd may be lost. */
  @Test
  @Needs({Need.CGROUP_V2, Need.ROOT})
  void aGateThatIsInIsInWhateverItsUsherSays() throws Exception {
    joinsWith(
        (pid, processes) -> {
          write(processes, Long.toString(pid));
          throw new LaunchException("no answer");
        });
  }

  /** In a real cgroup, of which the usher is given the list of processes. */
  private void joinsWith(BiConsumer<Long, Path> usher) throws Exception {
    Path box = Path.of("/sys/fs/cgroup/oom4j-gate-" + ProcessHandle.current().pid());
    Files.createDirectory(box);
    try {
      LongConsumer mover = pid -> usher.accept(pid, box.resolve("cgroup.procs"));
      Gate.Result result = Gate.to(command).enter(box, OptionalInt.empty(), Optional.of(mover));

      assertThat(result.outcome()).isEqualTo(Gate.Outcome.JOINED);
      assertThat(result.process().waitFor()).isEqualTo(7);
    } finally {
      Files.delete(box);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aGateThatWaitsEndsWithItsBox() throws Exception {
    Gate.Result result =
        Gate.to(command).enter(dir.resolve("gone"), OptionalInt.empty(), Optional.of(pid -> {}));

    assertThat(result.outcome()).isEqualTo(Gate.Outcome.ENDED);
    assertThat(result.process().exitValue()).isEqualTo(125);
  }

  @Test
  void aGateThatCannotBeLetInRunsNothing() throws Exception {
    List<ProcessHandle> shells = new ArrayList<>();
    Path box = Files.createDirectory(dir.resolve("box"));
    LongConsumer usher =
        pid -> {
          ProcessHandle.of(pid).ifPresent(shells::add);
          throw new LaunchException("no");
        };

    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(() -> Gate.to(command).enter(box, OptionalInt.empty(), Optional.of(usher)))
        .withMessage("no");
    assertThat(shells).hasSize(1).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void aGateThatMayNotSetItsAdjSaysSoAndRunsNothing() throws Exception {
    Gate.Result result = Gate.to(command).enter(dir, OptionalInt.of(-1000), Optional.empty());

    assertThat(result.outcome()).isEqualTo(Gate.Outcome.ADJ_REFUSED);
    assertThat(result.process().isAlive()).isFalse();
    assertThat(dir.resolve("cgroup.procs")).isEmptyFile();
  }

  /** The pipe that it spoke through is not the command's. */
  @Test
  void aCommandHasItsThreeStreamsAndNoMore() throws Exception {
    command.command("ls", "/proc/self/fd");
    Process process = enter(dir).process();
    // The fourth is that with which ls reads the directory.
    assertThat(process.inputReader().lines()).containsExactly("0", "1", "2", "3");
  }

  @Test
  void aGuardHoldsNothingButTheTwoPipesThatLeadToUs() throws Exception {
    guard.watchInScope(Optional.empty(), "box", pid -> dir);
    Path proc = Path.of("/proc/" + guard.pidInScope());

    assertThat(
            Patience.until(
                () -> text(proc.resolve("cmdline")).startsWith("/bin/sh\0-c\0trap"), LONG))
        .isTrue();
    assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).isEqualTo(Path.of("/"));
    assertThat(targets(proc.resolve("fd")))
        .hasSize(3)
        .contains("/dev/null")
        .areExactly(2, new Condition<>(target -> target.startsWith("pipe:"), "a pipe"));
  }

  private static List<String> targets(Path directory) {
    try (Stream<Path> descriptors = Files.list(directory)) {
      return descriptors.map(GateIT::target).distinct().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The forked kind, and that of shells whose documents are no pipes; neither leaves a zombie. */
  @Test
  void aGuardWithNothingToGuardEndsAtOnce() {
    guard.watchInScope(Optional.empty(), "box", pid -> dir);
    ScopeGuard process = ScopeGuard.ofProcess();
    List<Long> pids = List.of(guard.pidInScope(), process.pid());
    guard.close();
    guard.close();
    process.close();
    process.close();

    for (long pid : pids) {
      Path proc = Path.of("/proc/" + pid);
      assertThat(Patience.until(() -> Files.notExists(proc), LONG)).isTrue();
    }
  }

  /** Of both kinds, as the next. */
  private List<ScopeGuard> guards() {
    List<ScopeGuard> guards = List.of(ScopeGuard.start(), ScopeGuard.ofProcess());
    guards.forEach(each -> each.scopeIs(Optional.empty(), dir));
    return guards;
  }

  @Test
  void aGuardAnswers() {
    for (ScopeGuard each : guards()) {
      try (each) {
        assertThat(each.watch("one")).isTrue();
        assertThat(each.watch("two")).isTrue();
      }
    }
  }

  /** Also long before: when systemd kills a scope five seconds later, it must not hold a box. */
  @Test
  void aGuardKnowsThatItsScopeIsBeingStopped() throws Exception {
    for (ScopeGuard each : guards()) {
      try (each) {
        assertThat(each.watch("one")).isTrue();
        for (int i = 0; i < 2; i++) {
          signal("TERM", each.pid());
          assertThat(each.watch("two")).isFalse();
        }
        assertThat(ProcessHandle.of(each.pid())).isPresent();
      }
    }
  }

  @Test
  void aDeadGuardGuardsNothing() throws Exception {
    for (ScopeGuard each : guards()) {
      try (each) {
        signal("KILL", each.pid());
        assertThat(Patience.until(() -> !each.watch("one"), LONG)).isTrue();
      }
    }
  }

  /** Its shells can't hear SIGTERM either, and so not that a scope is being stopped. */
  @Test
  void aGuardThatIsDeafToSigtermServesOneBox() throws Exception {
    Process deaf =
        new ProcessBuilder(
                "sh",
                "-c",
                "trap '' TERM; exec sh -c \"$1\" oom4j-guard",
                "sh",
                GuardScripts.HOLD + "exec 3<&0; hold $$")
            .start();
    deaf.getOutputStream().write("/one\n/two\n".getBytes(StandardCharsets.US_ASCII));
    deaf.getOutputStream().close();

    assertThat(deaf.inputReader().lines())
        .containsExactly("scope-" + deaf.pid() + " guarded", "scope-" + deaf.pid() + " stopped");
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  /** That of the other kind is tried with real boxes. */
  @Test
  void aGuardRemovesItsBoxWhenItsLatchIsLetGo() throws Exception {
    Path box = Files.createDirectory(dir.resolve("box"));
    ScopeGuard process = ScopeGuard.ofProcess();
    process.scopeIs(Optional.empty(), dir);
    assertThat(process.watch("box")).isTrue();
    process.close();

    assertThat(Patience.until(() -> Files.notExists(box), LONG)).isTrue();
  }
}
