package io.github.oom4j.junit;

import io.github.oom4j.junit.internal.ForkMain;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * What {@link RunInMemoryLimit} does. In the JVM in the box, which runs the one test, it does
 * nothing.
 */
final class RunInMemoryLimitExtension implements ExecutionCondition, InvocationInterceptor {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return MemoryScopesCondition.evaluate(context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    inBox(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    inBox(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext test,
      ExtensionContext context)
      throws Throwable {
    inBox(invocation, context);
  }

  private static void inBox(Invocation<@Nullable Void> invocation, ExtensionContext context)
      throws Throwable {
    if (ForkMain.isRunning()) {
      invocation.proceed();
      return;
    }
    invocation.skip();
    new BoxedTest(context, Annotated.find(context, RunInMemoryLimit.class).orElseThrow()).run();
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    aroundEach(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    aroundEach(invocation, context);
  }

  private static void aroundEach(Invocation<@Nullable Void> invocation, ExtensionContext context)
      throws Throwable {
    onlyInBox(
        invocation, AnnotationSupport.isAnnotated(context.getTestMethod(), TestFactory.class));
  }

  @Override
  public void interceptBeforeAllMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    aroundAll(invocation, context);
  }

  @Override
  public void interceptAfterAllMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    aroundAll(invocation, context);
  }

  private static void aroundAll(Invocation<@Nullable Void> invocation, ExtensionContext context)
      throws Throwable {
    onlyInBox(
        invocation,
        !AnnotationSupport.findAnnotatedMethods(
                context.getRequiredTestClass(), TestFactory.class, HierarchyTraversalMode.TOP_DOWN)
            .isEmpty());
  }

  /** Test factories run here too, to tell which tests there are, and need what is around them. */
  private static void onlyInBox(Invocation<@Nullable Void> invocation, boolean hasFactory)
      throws Throwable {
    if (ForkMain.isRunning() || hasFactory) {
      invocation.proceed();
    } else {
      invocation.skip();
    }
  }
}
