package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Needs(Need.LINUX)
class OomScoreIT {

  private Process sleeper;

  @BeforeEach
  void startSleeper() throws IOException {
    sleeper = new ProcessBuilder("sleep", "300").start();
  }

  @AfterEach
  void endSleeper() throws InterruptedException {
    sleeper.destroyForcibly().waitFor();
  }

  private static Optional<String> proc(long pid, String file) {
    try {
      Path path = Path.of("/proc/" + pid + "/" + file);
      return Optional.of(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static LongStream allPids() {
    return ProcessHandle.allProcesses().mapToLong(ProcessHandle::pid);
  }

  @Test
  void equalsTheKernelsFilesForEveryProcessOfTheMachine() {
    // A score moves while its process works: believe the file only if it is the same before and
    // after our own look.
    long compared =
        allPids()
            .filter(
                pid -> {
                  Optional<String> before = proc(pid, "oom_score");
                  Optional<OomScore> ours = OomScore.find(pid);
                  if (ours.isEmpty()
                      || before.isEmpty()
                      || !before.equals(proc(pid, "oom_score"))) {
                    return false;
                  }
                  assertThat(ours.get().score()).hasToString(before.get());
                  assertThat(ours.get().adj())
                      .hasToString(proc(pid, "oom_score_adj").orElseThrow());
                  return true;
                })
            .count();
    assertThat(compared).isGreaterThan(allPids().count() / 2);
  }

  @Test
  void recomputesTheKernelsScoreOfEveryKillableProcess() {
    boolean newFormula = OomScore.of(sleeper.pid()).score() >= 500;
    long compared =
        allPids()
            .filter(
                pid -> {
                  Optional<String> before = proc(pid, "oom_score");
                  Optional<OomScore> ours = OomScore.find(pid);
                  if (ours.isEmpty() || ours.get().badness().isEmpty()) {
                    return false;
                  }
                  if (!before.equals(proc(pid, "oom_score"))) {
                    return false;
                  }
                  Badness badness = ours.get().badness().get();
                  assertThat(newFormula ? badness.oomScore() : badness.oomScoreBefore59())
                      .as("%s", ours.get())
                      .hasToString(before.orElseThrow());
                  return true;
                })
            .count();
    assertThat(compared).isPositive();
  }

  @Test
  void knowsKernelThreadsAndInit() {
    assertThat(OomScore.of(sleeper.pid()).killability()).isEqualTo(Killability.KILLABLE);
    List<OomScore> spared = OomRanking.system().spared();
    assertThat(spared)
        .allSatisfy(process -> assertThat(process.badness()).as("%s", process).isEmpty());
    Optional<OomScore> kthreadd = OomScore.find(2).filter(p -> p.comm().equals("kthreadd"));
    kthreadd.ifPresent(
        thread -> {
          assertThat(thread.killability()).isEqualTo(Killability.KERNEL_THREAD);
          assertThat(OomScore.of(1).killability()).isEqualTo(Killability.INIT);
        });
  }

  @Test
  void aZombieHasNoMemory() throws Exception {
    // The child ends when it is told to, and what its parent has become by then never reaps it.
    Process parent =
        new ProcessBuilder("sh", "-c", "exec 3<&0; { read x <&3; } & echo $!; exec sleep 300")
            .start();
    try {
      long zombie = Long.parseLong(parent.inputReader().readLine());
      while (!proc(parent.pid(), "comm").orElseThrow().equals("sleep")) {
        Thread.onSpinWait();
      }
      parent.getOutputStream().write('\n');
      parent.getOutputStream().flush();
      while (!proc(zombie, "stat").orElseThrow().contains(") Z ")) {
        Thread.onSpinWait();
      }
      assertThat(OomScore.of(zombie).killability()).isEqualTo(Killability.NO_MEMORY);
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void volunteersAndShowsIt() {
    OomScore before = OomScore.of(sleeper.pid());

    OomScore after = OomScore.adjust(sleeper.pid(), 1000);

    assertThat(after.adj()).isEqualTo(OomScoreAdj.VOLUNTEER);
    assertThat(after.score()).isGreaterThan(before.score());
    assertThat(proc(sleeper.pid(), "oom_score_adj")).contains("1000");
  }

  @Test
  void refusesValuesOutOfRangeBeforeTouchingAnything() {
    assertThatIllegalArgumentException().isThrownBy(() -> OomScore.adjust(sleeper.pid(), 1001));
    assertThatIllegalArgumentException().isThrownBy(() -> OomScore.adjust(sleeper.pid(), -1001));
    assertThat(OomScore.of(sleeper.pid()).adj()).isEqualTo(OomScore.self().adj());
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void namesTheCapabilityThatLoweringNeeds() {
    assumeTrue(
        OomScore.self().adj().value() > -900, "this JVM runs with oom_score_adj -900 or below");

    assertThatExceptionOfType(DeniedException.class)
        .isThrownBy(() -> OomScore.adjust(sleeper.pid(), -1000))
        .withMessageContaining("/proc/" + sleeper.pid() + "/oom_score_adj")
        .withMessageContaining("CAP_SYS_RESOURCE")
        .withMessageContaining("choom -p " + sleeper.pid() + " -n -1000");
  }

  @Test
  @Needs(Need.CAP_SYS_RESOURCE)
  void protectsAndMakesKillableAgain() {
    assertThat(OomScore.adjust(sleeper.pid(), -1000).killability())
        .isEqualTo(Killability.PROTECTED);
    assertThat(OomRanking.system().positionOf(sleeper.pid())).isEmpty();
    assertThat(OomScore.adjust(sleeper.pid(), 0).killability()).isEqualTo(Killability.KILLABLE);
  }

  @Test
  @Needs(Need.UNPRIVILEGED)
  void namesTheOwnerWhenTheProcessIsSomebodyElses() {
    assertThatExceptionOfType(DeniedException.class)
        .isThrownBy(() -> OomScore.adjust(1, 1000))
        .withMessageContaining("/proc/1/oom_score_adj")
        .withMessageContaining("owner");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 4194305, 4294967297L, Long.MAX_VALUE, Long.MIN_VALUE})
  void aPidThatCanNotBeIsGone(long pid) {
    assertThat(OomScore.find(pid)).isEmpty();
    assertThatExceptionOfType(ProcessGoneException.class).isThrownBy(() -> OomScore.of(pid));
    assertThatExceptionOfType(ProcessGoneException.class).isThrownBy(() -> OomScore.adjust(pid, 0));
  }

  @Test
  void aProcessThatEndedIsGone() throws InterruptedException {
    sleeper.destroyForcibly().waitFor();

    assertThat(OomScore.find(sleeper.pid())).isEmpty();
    assertThatExceptionOfType(ProcessGoneException.class)
        .isThrownBy(() -> OomScore.of(sleeper.pid()))
        .withMessageContaining(String.valueOf(sleeper.pid()));
  }

  @Test
  void findsProcessesByNameAsPgrepDoes() throws Exception {
    for (String pattern : List.of("sleep", "^slee", "java", "k.*d", "no such name", "[0-9]$")) {
      // pgrep can't find what only lives for a moment: ask it before and after.
      List<String> before = pgrep(pattern);
      List<String> ours =
          ProcFs.system().processesNamed(pattern).stream().map(p -> "" + p.pid()).toList();
      List<String> after = pgrep(pattern);
      before.retainAll(after);
      assertThat(ours).as(pattern).containsAll(before);
      assertThat(ours)
          .as(pattern)
          .hasSizeLessThanOrEqualTo(Math.max(after.size(), before.size()) + 2);
    }
    assertThat(ProcFs.system().processesNamed("^sleep$"))
        .extracting(OomScore::pid)
        .contains(sleeper.pid());
  }

  private static List<String> pgrep(String pattern) throws Exception {
    Process pgrep = new ProcessBuilder("pgrep", pattern).start();
    List<String> pids = new java.util.ArrayList<>(pgrep.inputReader().lines().toList());
    pgrep.waitFor();
    return pids;
  }
}
