package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The words of real killers, captured from the journal of a QEMU guest. */
class KillerLineTest {

  private static List<KillerLine> parse(String name) {
    return KillerLine.parse(Captured.text("qemu-6.1/journal/" + name).lines().toList());
  }

  @Test
  void earlyoomNamesAPid() {
    assertThat(parse("earlyoom-1.7"))
        .containsExactly(
            new KillerLine(
                Instant.ofEpochSecond(1795392943, 562145000),
                "earlyoom",
                "sending SIGTERM to process 207 uid 0 \"hog\": badness 885, VmRSS 521 MiB",
                "207"));
  }

  @Test
  void nohangNamesItsVictimBefore() {
    assertThat(parse("nohang-0.2.0"))
        .containsExactly(
            new KillerLine(
                Instant.ofEpochSecond(1795393462, 253614000),
                "nohang",
                "Sending SIGTERM to the victim, PID 219",
                "219"));
  }

  @Test
  void systemdOomdNamesACgroup() {
    assertThat(parse("systemd-oomd-252"))
        .containsExactly(
            new KillerLine(
                Instant.ofEpochSecond(1795393442, 29449000),
                "systemd-oomd",
                "Killed /oomdtest.slice/keep.service/box due to memory pressure for"
                    + " /oomdtest.slice being 4.89% > 2.00% for > 1s with reclaim activity",
                "/oomdtest.slice/keep.service/box"));
  }

  @Test
  void aCgroupIsKilledWithAllBelowIt() {
    KillerLine line = parse("systemd-oomd-252").get(0);
    OptionalLong pid = OptionalLong.of(7);

    assertThat(line.isAbout("/oomdtest.slice/keep.service/box", pid)).isTrue();
    assertThat(line.isAbout("/oomdtest.slice/keep.service/box/below", pid)).isTrue();
    assertThat(line.isAbout("/oomdtest.slice/keep.service/box2", pid)).isFalse();
    assertThat(line.isAbout("/oomdtest.slice/keep.service", pid)).isFalse();
  }

  @Test
  void aPidIsMatchedOnlyWhereItIsTheKernels() {
    KillerLine line = parse("earlyoom-1.7").get(0);

    assertThat(line.isAbout("/box", OptionalLong.of(207))).isTrue();
    assertThat(line.isAbout("/box", OptionalLong.of(20))).isFalse();
    assertThat(line.isAbout("/box", OptionalLong.empty())).isFalse();
  }

  @Test
  void aVictimsNameIsNotTakenForAMessage() {
    String forged = "1.000001 host earlyoom[1]: low \"sending SIGTERM to process 9 uid 0 \": x";

    assertThat(KillerLine.parse(List.of(forged, "-- No entries --", ""))).isEmpty();
  }
}
