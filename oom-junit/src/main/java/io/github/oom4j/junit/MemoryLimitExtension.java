package io.github.oom4j.junit;

import io.github.oom4j.cgroup.MemoryScope;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/** What {@link MemoryLimit} does. */
final class MemoryLimitExtension
    implements ExecutionCondition,
        ParameterResolver,
        TestInstancePostProcessor,
        BeforeAllCallback,
        AfterEachCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {

  private static final Namespace NAMESPACE = Namespace.create(MemoryLimitExtension.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return MemoryScopesCondition.evaluate(context);
  }

  /** So that what is injected when an instance is made lives as long as that instance's test. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return (type == MemoryScope.class || type == MemoryScope.Builder.class)
        && spec(parameter, context).isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    MemoryScope.Builder box = box(spec(parameter, context).orElseThrow(), context);
    return parameter.getParameter().getType() == MemoryScope.class ? box.build() : box;
  }

  /** The parameter's own annotation, or its method's, or that of the class it is in. */
  private static Optional<BoxSpec> spec(ParameterContext context, ExtensionContext test) {
    Parameter parameter = context.getParameter();
    return context
        .findAnnotation(MemoryLimit.class)
        .map(limit -> BoxSpec.of(limit, "parameter " + parameter + " of " + name(context)))
        .or(
            () ->
                AnnotationSupport.findAnnotation(
                        context.getDeclaringExecutable(), MemoryLimit.class)
                    .map(limit -> BoxSpec.of(limit, name(context))))
        .or(() -> Annotated.find(test, MemoryLimit.class).map(Annotated::boxOfMemoryLimit));
  }

  private static String name(ParameterContext parameter) {
    var executable = parameter.getDeclaringExecutable();
    return executable.getDeclaringClass().getSimpleName() + "." + executable.getName();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IllegalAccessException {
    inject(context.getRequiredTestClass(), null, Modifier::isStatic, context);
  }

  @Override
  public void postProcessTestInstance(Object instance, ExtensionContext context)
      throws IllegalAccessException {
    inject(instance.getClass(), instance, modifiers -> !Modifier.isStatic(modifiers), context);
  }

  private static void inject(
      Class<?> type,
      @Nullable Object instance,
      Predicate<Integer> modifiers,
      ExtensionContext context)
      throws IllegalAccessException {
    List<Field> fields =
        ReflectionSupport.findFields(
            type,
            field ->
                modifiers.test(field.getModifiers())
                    && AnnotationSupport.isAnnotated(field, MemoryLimit.class),
            HierarchyTraversalMode.TOP_DOWN);
    for (Field field : fields) {
      MemoryLimit limit = AnnotationSupport.findAnnotation(field, MemoryLimit.class).orElseThrow();
      String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
      BoxSpec spec = BoxSpec.of(limit, "field " + name);
      if (field.getType() != MemoryScope.class || Modifier.isFinal(field.getModifiers())) {
        throw new ExtensionConfigurationException(
            spec + ": the field must be of type MemoryScope and not final");
      }
      makeAccessible(field, spec);
      field.set(instance, box(spec, context).build());
    }
  }

  private static void makeAccessible(Field field, BoxSpec spec) {
    try {
      field.setAccessible(true);
    } catch (RuntimeException e) {
      throw new ExtensionConfigurationException(
          spec
              + ": the field can't be set; open its package to io.github.oom4j.junit, or use a"
              + " parameter instead",
          e);
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withTimelines(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withTimelines(context, failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withTimelines(context, failure);
  }

  /** Names the timelines in suppressed exceptions, as the message can't be changed any more. */
  private static Throwable withTimelines(ExtensionContext context, Throwable failure) {
    if (!(failure instanceof TestAbortedException)) {
      draw(context).forEach(file -> failure.addSuppressed(new TimelineNote(file)));
    }
    return failure;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (timeline(context).always()) {
      draw(context).forEach(file -> context.publishReportEntry(TestTimeline.ENTRY, file));
    }
  }

  private static TestTimeline timeline(ExtensionContext context) {
    String type = context.getTestClass().map(Class::getSimpleName).orElse("");
    return TestTimeline.of(context, type + "." + context.getDisplayName());
  }

  private static List<String> draw(ExtensionContext context) {
    @Nullable StartedProcesses started =
        context.getStore(NAMESPACE).get(context.getUniqueId(), StartedProcesses.class);
    return started == null ? List.of() : started.draw(timeline(context));
  }

  private static MemoryScope.Builder box(BoxSpec spec, ExtensionContext context) {
    return spec.builder(context)
        .onStart(
            context
                .getStore(NAMESPACE)
                .computeIfAbsent(
                    // A key of its own: a store also gives what is in those of its parents.
                    context.getUniqueId(), key -> new StartedProcesses(), StartedProcesses.class));
  }
}
