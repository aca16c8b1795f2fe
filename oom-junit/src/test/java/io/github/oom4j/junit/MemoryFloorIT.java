package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.LaunchException;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import io.github.oom4j.junit.FloorProbe.Fate;
import io.github.oom4j.junit.FloorReport.Outcome;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Floors of real commands. */
@Needs(Need.MEMORY_CGROUP)
class MemoryFloorIT {

  /** Allocates and touches that much, and little more. */
  private static String hog(int mebibytes) {
    return "dd if=/dev/zero of=/dev/null count=1 bs=" + mebibytes + "M";
  }

  @AfterEach
  void nothingIsLeft() {
    // One moment without any is the proof: what ends idle things comes and goes.
    assertThat(Await.until(() -> left().isEmpty())).as("%s", left()).isTrue();
  }

  /** Descriptions of processes and threads. */
  private static List<String> left() {
    return Stream.concat(
            ProcessHandle.current().descendants().map(process -> process.info().toString()),
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("oom4j-")))
        .toList();
  }

  private static MemoryFloor floorOf(String script, int max) {
    return MemoryFloor.of("sh", "-c", script)
        .between(ByteSize.mebibytes(1), ByteSize.mebibytes(max));
  }

  @RepeatedTest(20)
  void findsWhatAProgramOfKnownSizeNeedsWithinTheToleranceAndItsOverhead() throws Exception {
    FloorReport report =
        floorOf("exec " + hog(40), 256).within(ByteSize.kibibytes(512)).repeats(2).find();

    // The C library, stacks and page tables of dd are about a MiB.
    assertThat(report.outcome()).as(report.toTable()).isEqualTo(Outcome.FOUND);
    assertThat(report.floor().orElseThrow())
        .as(report.toTable())
        .isBetween(ByteSize.mebibytes(40), ByteSize.kibibytes(42 * 1024 + 512));
    // Not that it is not flaky: at the very edge it depends on what each processor has in stock.
  }

  @Test
  void aWorkerThatIsKilledEndsItsProbeAlthoughTheCommandGoesOn() throws Exception {
    FloorReport report =
        floorOf("for i in $(seq 1000); do " + hog(80) + "; sleep 300; done", 40)
            .probeTimeout(Duration.ofMinutes(4))
            .find();

    assertThat(report.outcome()).isEqualTo(Outcome.ABOVE_MAX);
    assertThat(report.probes())
        .singleElement()
        .satisfies(probe -> assertThat(probe.fate()).isEqualTo(Fate.OOM_KILLED));
  }

  @Test
  void theEnvironmentTheDirectoryAndThePredicateAreTheCallers() throws Exception {
    ProcessBuilder command = new ProcessBuilder("sh", "-c", "pwd; echo $FRUIT >&2; cat; exit 7");
    command.directory(new File("/"));
    command.environment().put("FRUIT", "medlar");

    FloorReport report =
        MemoryFloor.of(command)
            .between(ByteSize.mebibytes(16), ByteSize.mebibytes(64))
            .succeedsWhen(result -> result.exitValue() == 7)
            .find();

    assertThat(report.outcome()).isEqualTo(Outcome.AT_MOST_MIN);
    assertThat(report.probes()).extracting(FloorProbe::output).containsOnly("/\nmedlar\n");
  }

  @Test
  void outputThatFloodsIsReadAndItsEndIsKept() throws Exception {
    FloorReport report = floorOf("seq 300000; echo done; exit 1", 64).find();

    assertThat(report.outcome()).isEqualTo(Outcome.ABOVE_MAX);
    assertThat(report.probes().get(0).output()).hasSizeLessThan(2001).endsWith("300000\ndone\n");
    assertThat(report.explain()).contains("The last it printed: \"done\"");
  }

  @Test
  void aRunThatTakesTooLongIsAFailureAndLeavesNothing() throws Exception {
    FloorReport report =
        floorOf("sleep 300 & sleep 300", 64).probeTimeout(Duration.ofMillis(300)).find();

    assertThat(report.outcome()).isEqualTo(Outcome.ABOVE_MAX);
    assertThat(report.probes()).extracting(FloorProbe::fate).containsExactly(Fate.TIMED_OUT);
  }

  @Test
  void theTimeOfTheSearchEndsARun() throws Exception {
    FloorReport report = floorOf("sleep 300", 64).timeout(Duration.ofMillis(300)).find();

    assertThat(report.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    assertThat(report.probes()).extracting(FloorProbe::fate).containsExactly(Fate.CUT_OFF);
  }

  @Test
  void anInterruptEndsTheSearch() {
    MemoryFloor search = floorOf("sleep 300", 64);
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class).isThrownBy(search::find);
  }

  @Test
  void aLimitTooSmallForTheLaunchIsBelowTheFloor() throws Exception {
    FloorReport report =
        MemoryFloor.of("true")
            .between(ByteSize.kibibytes(64), ByteSize.mebibytes(16))
            .within(ByteSize.kibibytes(64))
            .find();

    assertThat(report.outcome()).as(report.toTable()).isEqualTo(Outcome.FOUND);
    assertThat(report.floor().orElseThrow())
        .as(report.toTable())
        .isBetween(ByteSize.kibibytes(128), ByteSize.mebibytes(4));
  }

  @Test
  void aProgramThatIsNotThereIsNoFloor() {
    List<FloorProbe> probes = new ArrayList<>();
    MemoryFloor search =
        MemoryFloor.of("no-such-program")
            .between(ByteSize.mebibytes(1), ByteSize.mebibytes(64))
            .onProbe(probes::add);

    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(search::find)
        .withMessageContaining("no-such-program");
    assertThat(probes).isEmpty();
  }
}
