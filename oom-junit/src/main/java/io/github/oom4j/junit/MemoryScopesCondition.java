package io.github.oom4j.junit;

import io.github.oom4j.cgroup.BackendDetection;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.junit.internal.ForkMain;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Skips, or fails where that is asked for, what needs boxes where none can be made. */
final class MemoryScopesCondition implements ExecutionCondition {

  static final String REQUIRE = "OOM4J_REQUIRE";

  private static final Namespace NAMESPACE = Namespace.create(MemoryScopesCondition.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate(context);
  }

  static ConditionEvaluationResult evaluate(ExtensionContext context) {
    if (ForkMain.isRunning()) {
      return ConditionEvaluationResult.enabled("in a box already");
    }
    return evaluate(detection(context), System::getenv);
  }

  static ConditionEvaluationResult evaluate(
      BackendDetection detection, UnaryOperator<@Nullable String> environment) {
    if (detection.chosen().isPresent()) {
      return ConditionEvaluationResult.enabled("memory scopes: " + detection);
    }
    String reason = "no box with a memory limit can be made here: " + detection;
    if (Boolean.parseBoolean(environment.apply(REQUIRE))) {
      throw new IllegalStateException(
          reason + " (a failure, not a skip, because " + REQUIRE + "=true)");
    }
    return ConditionEvaluationResult.disabled(
        reason + " (set " + REQUIRE + "=true to make this a failure)");
  }

  /** The backend that was found when the first test of this run asked. */
  static Optional<ScopeBackend> backend(ExtensionContext context) {
    return detection(context).chosen();
  }

  private static BackendDetection detection(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(
            BackendDetection.class,
            key -> detect(System.getProperty("os.name", "")),
            BackendDetection.class);
  }

  private static BackendDetection detect(String os) {
    if (!os.toLowerCase(Locale.ROOT).startsWith("linux")) {
      return new BackendDetection(
          Optional.empty(),
          Optional.empty(),
          Map.of(ScopeBackend.SYSTEMD_USER, "needs Linux, and this is " + os));
    }
    BackendDetection found = ScopeBackend.detect();
    found.parent().ifPresent(DeadBoxes::sweep);
    return found;
  }
}
