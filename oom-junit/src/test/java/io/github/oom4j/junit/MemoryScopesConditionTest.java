package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.cgroup.BackendDetection;
import io.github.oom4j.cgroup.ScopeBackend;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class MemoryScopesConditionTest {

  private static final BackendDetection NONE =
      new BackendDetection(
          Optional.empty(),
          Optional.empty(),
          Map.of(ScopeBackend.CGROUPFS, "/sys/fs/cgroup is mounted read-only"));

  @Test
  void whereNoneCanBeMadeTheReasonNamesWhatIsMissing() {
    ConditionEvaluationResult result = MemoryScopesCondition.evaluate(NONE, name -> null);

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow())
        .isEqualTo(
            "no box with a memory limit can be made here: cgroupfs: /sys/fs/cgroup is mounted"
                + " read-only (set OOM4J_REQUIRE=true to make this a failure)");
  }

  @Test
  void whereTheyAreRequiredItIsAFailure() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                MemoryScopesCondition.evaluate(
                    NONE, name -> "OOM4J_REQUIRE".equals(name) ? "true" : null))
        .withMessageContaining("/sys/fs/cgroup is mounted read-only")
        .withMessageContaining("OOM4J_REQUIRE=true");
  }

  @Test
  void whereTheyCanBeMadeItSaysByWhom() {
    ConditionEvaluationResult result =
        MemoryScopesCondition.evaluate(
            new BackendDetection(
                Optional.of(ScopeBackend.SYSTEMD_USER),
                Optional.of(Path.of("/user.slice")),
                Map.of(ScopeBackend.SYSTEMD, "takes root")),
            name -> null);

    assertThat(result.isDisabled()).isFalse();
    assertThat(result.getReason().orElseThrow())
        .isEqualTo("memory scopes: systemd: takes root; using systemd-user at /user.slice");
  }
}
