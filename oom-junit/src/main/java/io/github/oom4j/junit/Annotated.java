package io.github.oom4j.junit;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * An annotation that applies to a test, and the nearest element that has it.
 *
 * @param annotation the annotation
 * @param element the test's method, its class or one around that
 */
record Annotated<A extends Annotation>(A annotation, AnnotatedElement element) {

  /** Looks from a test outwards. */
  static <A extends Annotation> Optional<Annotated<A>> find(
      ExtensionContext test, Class<A> annotation) {
    Optional<ExtensionContext> place = Optional.of(test);
    while (place.isPresent()) {
      Optional<AnnotatedElement> element = place.get().getElement();
      Optional<A> found = AnnotationSupport.findAnnotation(element, annotation);
      if (found.isPresent()) {
        return Optional.of(new Annotated<>(found.get(), element.orElseThrow()));
      }
      place = place.get().getParent();
    }
    return Optional.empty();
  }

  static BoxSpec boxOfMemoryLimit(Annotated<MemoryLimit> limit) {
    return BoxSpec.of(limit.annotation, limit.place());
  }

  /** What the annotation is on, such as {@code ImporterTest.importsAll}. */
  String place() {
    if (element instanceof Method method) {
      return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }
    return type().getSimpleName();
  }

  /** The class that is annotated, or that has the method that is. */
  Class<?> type() {
    return element instanceof Method method ? method.getDeclaringClass() : (Class<?>) element;
  }
}
