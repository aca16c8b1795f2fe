package io.github.oom4j.guest;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Probes what {@link Needs} names; skips, or fails where a guest promised to provide it. */
public final class NeedsCondition implements ExecutionCondition {

  /** Made by JUnit. */
  public NeedsCondition() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), Needs.class)
        .map(needs -> evaluate(needs.value()))
        .orElseGet(() -> ConditionEvaluationResult.enabled("needs nothing"));
  }

  private static ConditionEvaluationResult evaluate(Need... needs) {
    List<String> missing = new ArrayList<>();
    for (Need need : needs) {
      need.missing()
          .ifPresent(
              reason -> {
                if (Guest.provides(need)) {
                  throw new IllegalStateException(
                      "this guest is there to provide " + need + ", but: " + reason);
                }
                missing.add(need + ": " + reason);
              });
    }
    return missing.isEmpty()
        ? ConditionEvaluationResult.enabled("everything needed is here")
        : ConditionEvaluationResult.disabled(String.join("; ", missing));
  }
}
