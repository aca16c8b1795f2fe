package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScopeBackendTest {

  @Test
  void namesAreThoseOfTheCommandLine() {
    assertThat(ScopeBackend.values())
        .extracting(ScopeBackend::toString)
        .containsExactly("systemd", "systemd-user", "cgroupfs", "cgroup-v1");
    assertThat(ScopeBackend.parse("cgroup-v1")).isEqualTo(ScopeBackend.CGROUP_V1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScopeBackend.parse("CGROUPFS"))
        .withMessage(
            "no backend of the name 'CGROUPFS', only [systemd, systemd-user, cgroupfs, cgroup-v1]");
  }

  @Test
  void aDetectionTellsReasonsAndChoice() {
    BackendDetection detection =
        new BackendDetection(
            Optional.of(ScopeBackend.CGROUP_V1),
            Optional.of(Path.of("/c/own")),
            Map.of(ScopeBackend.CGROUPFS, "not here"));

    assertThat(detection).hasToString("cgroupfs: not here; using cgroup-v1 at /c/own");
    assertThat(detection.orElseThrow()).isEqualTo(ScopeBackend.CGROUP_V1);
  }

  @Test
  void withoutAChoiceTheReasonsAreThrown() {
    BackendDetection detection =
        new BackendDetection(
            Optional.empty(), Optional.empty(), Map.of(ScopeBackend.CGROUPFS, "not here"));

    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(detection::orElseThrow)
        .withMessage("no box can be made here: cgroupfs: not here");
  }
}
