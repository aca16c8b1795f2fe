package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate and the guard at a directory that only pretends to be a box. */
@Needs(Need.LINUX)
class GateIT {

  @TempDir Path dir;

  private final ProcessBuilder command = new ProcessBuilder("sh", "-c", "exit 7");

  /** The way of dash and busybox. */
  private WaitingGate start() {
    String shell = ShellEnvironment.shell();
    Assumptions.assumeTrue(List.of("dash", "busybox").contains(shell), "/bin/sh is " + shell);
    return Gate.to(command).start(OptionalInt.empty(), true);
  }

  /** The way of all others. */
  private WaitingGate startBeside() {
    return Gate.to(command).startBeside(OptionalInt.empty());
  }

  @Test
  void aGateThatIsThroughBecomesTheCommand() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    for (WaitingGate gate : List.of(start(), startBeside())) {
      try (Guard guard = gate.guard()) {
        WaitingGate.Result result = gate.open(dir);

        assertThat(result.outcome()).isEqualTo(WaitingGate.Outcome.JOINED);
        assertThat(result.process().waitFor()).isEqualTo(7);
        assertThat(gate.pid()).isEqualTo(result.process().pid()).isNotEqualTo(guard.pidInScope());
        assertThat(dir.resolve("cgroup.procs")).hasContent("0");
      }
    }
  }

  @Test
  void aGateThatIsNotLetInSaysWhyAndRunsNothing() {
    for (WaitingGate gate : List.of(start(), startBeside())) {
      try (Guard guard = gate.guard()) {
        WaitingGate.Result result = gate.open(dir.resolve("no"));

        assertThat(result.outcome()).isEqualTo(WaitingGate.Outcome.JOIN_REFUSED);
        assertThat(guard.watched()).isEmpty();
        assertThat(result.said()).contains(dir + "/no/cgroup.procs").doesNotContain("E join");
        assertThat(result.process().isAlive()).isFalse();
        assertThat(result.process().exitValue()).isNotEqualTo(7);
      }
    }
  }

  @Test
  void aGateThatWaitsEndsWithItsGuard() {
    WaitingGate gate = startBeside();
    ProcessHandle shell = ProcessHandle.of(gate.pid()).orElseThrow();
    gate.closePipes();
    gate.guard().close();

    assertThat(shell.onExit().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(shell);
  }

  @Test
  void aGateThatWaitsEndsWhenNobodyHoldsItsPipes() {
    WaitingGate gate = start();
    ProcessHandle shell = ProcessHandle.of(gate.pid()).orElseThrow();
    gate.closePipes();

    assertThat(shell.onExit().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(shell);
    gate.guard().close();
    assertEnds(gate.guard());
  }

  @Test
  void aGateThatIsAbandonedRunsNothing() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    for (WaitingGate gate : List.of(start(), startBeside())) {
      gate.abandon();
      WaitingGate.Result result = gate.open(dir);

      assertThat(result.outcome()).isEqualTo(WaitingGate.Outcome.ENDED);
      assertThat(result.process().isAlive()).isFalse();
      gate.guard().close();
    }
    assertThat(dir.resolve("cgroup.procs")).isEmptyFile();
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void aGateThatMayNotSetItsAdjSaysSoAndRunsNothing() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    WaitingGate gate = Gate.to(command).start(OptionalInt.of(-1000), true);
    try (Guard guard = gate.guard()) {
      WaitingGate.Result result = gate.open(dir);

      assertThat(guard.watched()).isEmpty();
      assertThat(result.outcome()).isEqualTo(WaitingGate.Outcome.ADJ_REFUSED);
      assertThat(result.process().isAlive()).isFalse();
      assertThat(dir.resolve("cgroup.procs")).isEmptyFile();
    }
  }

  @Test
  void aGuardHoldsNothingOfTheCommands() throws Exception {
    Path output = dir.resolve("output");
    command.redirectOutput(output.toFile()).redirectErrorStream(true).environment().put("X", "1");
    WaitingGate gate = start();
    try (Guard guard = gate.guard()) {
      Path proc = Path.of("/proc/" + guard.pidInScope());
      assertThat(
              Patience.until(
                  () -> text(proc.resolve("cmdline")).startsWith("/bin/sh\0-c\0trap"),
                  Duration.ofSeconds(30)))
          .isTrue();
      assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).isEqualTo(Path.of("/"));
      // One pipe, its latch; it needs a moment to let go of that on which it told its PID.
      assertThat(
              Patience.until(() -> targets(proc.resolve("fd")).size() == 2, Duration.ofSeconds(30)))
          .isTrue();
      assertThat(targets(proc.resolve("fd")))
          .hasSize(2)
          .contains("/dev/null")
          .anyMatch(target -> target.startsWith("pipe:"));
    } finally {
      gate.abandon();
    }
    assertEnds(gate.guard());
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

  @Test
  void aGuardWithNothingToGuardEndsAtOnce() {
    WaitingGate forked = start();
    WaitingGate beside = startBeside();
    for (WaitingGate gate : List.of(forked, beside)) {
      gate.abandon();
      gate.guard().close();
      gate.guard().close();
    }

    assertThat(ProcessHandle.of(beside.guard().pidInScope())).isEmpty();
    assertEnds(forked.guard());
  }

  /** It leaves no zombie either. */
  private static void assertEnds(Guard guard) {
    Path proc = Path.of("/proc/" + guard.pidInScope());
    assertThat(Patience.until(() -> Files.notExists(proc), Duration.ofSeconds(30))).isTrue();
  }
}
