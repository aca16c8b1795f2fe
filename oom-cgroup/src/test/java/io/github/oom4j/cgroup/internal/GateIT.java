package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate and the guard at a directory that only pretends to be a box. */
@Needs(Need.LINUX)
class GateIT {

  @TempDir Path dir;

  private static boolean nobody(long pid) {
    return false;
  }

  private final ProcessBuilder command = new ProcessBuilder("sh", "-c", "exit 7");

  @Test
  void aGateThatIsThroughBecomesTheCommand() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    try (Guard guard = Guard.start()) {
      Gate.Report report = Gate.to(command).open(dir, OptionalInt.empty(), guard, GateIT::nobody);

      assertThat(report.outcome()).isEqualTo(Gate.Outcome.JOINED);
      assertThat(report.process().waitFor()).isEqualTo(7);
      assertThat(dir.resolve("cgroup.procs")).hasContent("0");
    }
  }

  @Test
  void aGateThatIsNotLetInSaysWhyAndRunsNothing() {
    try (Guard guard = Guard.start()) {
      Gate.Report report =
          Gate.to(command).open(dir.resolve("no"), OptionalInt.empty(), guard, GateIT::nobody);

      assertThat(report.outcome()).isEqualTo(Gate.Outcome.JOIN_REFUSED);
      assertThat(report.said()).contains(dir + "/no/cgroup.procs").doesNotContain("A ");
      assertThat(report.process().isAlive()).isFalse();
      assertThat(report.process().exitValue()).isNotEqualTo(7);
    }
  }

  @Test
  void aGateThatSomebodyElseLetsInRunsTheCommand() throws Exception {
    List<Long> asked = new ArrayList<>();
    try (Guard guard = Guard.start()) {
      Gate.Report report =
          Gate.to(command).open(dir.resolve("no"), OptionalInt.empty(), guard, asked::add);

      assertThat(report.outcome()).isEqualTo(Gate.Outcome.JOINED);
      assertThat(report.said()).isEmpty();
      assertThat(report.process().waitFor()).isEqualTo(7);
      assertThat(asked).containsExactly(report.process().pid());
    }
  }

  @Test
  void aGateEndsWhenLettingItInFails() {
    List<ProcessHandle> asked = new ArrayList<>();
    try (Guard guard = Guard.start()) {
      assertThatThrownBy(
              () ->
                  Gate.to(command)
                      .open(
                          dir.resolve("no"),
                          OptionalInt.empty(),
                          guard,
                          pid -> {
                            asked.add(ProcessHandle.of(pid).orElseThrow());
                            throw new IllegalStateException("no way");
                          }))
          .hasMessage("no way");
    }
    assertThat(asked).hasSize(1).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void aGateThatWaitsEndsWithTheGuard() {
    Guard guard = Guard.start();
    Gate.Report report =
        Gate.to(command)
            .open(
                dir.resolve("no"),
                OptionalInt.empty(),
                guard,
                pid -> {
                  ProcessHandle waits = ProcessHandle.of(pid).orElseThrow();
                  guard.close();
                  waits.onExit().join();
                  return false;
                });

    assertThat(report.outcome()).isEqualTo(Gate.Outcome.JOIN_REFUSED);
    assertThat(report.process().exitValue()).isEqualTo(125);
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void aGateThatMayNotSetItsAdjSaysSoAndRunsNothing() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    try (Guard guard = Guard.start()) {
      Gate.Report report = Gate.to(command).open(dir, OptionalInt.of(-1000), guard, GateIT::nobody);

      assertThat(report.outcome()).isEqualTo(Gate.Outcome.ADJ_REFUSED);
      assertThat(report.process().isAlive()).isFalse();
      assertThat(dir.resolve("cgroup.procs")).isEmptyFile();
    }
  }

  @Test
  void aGateWithoutAGuardEnds() throws Exception {
    Files.createFile(dir.resolve("cgroup.procs"));
    Guard guard = Guard.start();
    guard.close();

    Gate.Report report = Gate.to(command).open(dir, OptionalInt.empty(), guard, GateIT::nobody);

    assertThat(report.outcome()).isIn(Gate.Outcome.ENDED, Gate.Outcome.SILENT);
    assertThat(report.process().isAlive()).isFalse();
    assertThat(dir.resolve("cgroup.procs")).isEmptyFile();
  }

  @Test
  void aGuardWithNothingToGuardEndsAtOnce() {
    Guard guard = Guard.start();
    guard.close();
    guard.close();

    assertThat(ProcessHandle.of(guard.pid())).isEmpty();
  }
}
