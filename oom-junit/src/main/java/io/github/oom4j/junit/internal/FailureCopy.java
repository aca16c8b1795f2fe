package io.github.oom4j.junit.internal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A throwable as text and stack traces, for one that can't itself be brought from one JVM to
 * another. It prints as the original would.
 */
public final class FailureCopy extends AssertionError {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 100_000;

  private final String text;

  private FailureCopy(Throwable original, Set<Throwable> seen) {
    super(message(original));
    text = cut(String.valueOf(original));
    setStackTrace(original.getStackTrace());
    seen.add(original);
    Throwable cause = original.getCause();
    if (cause != null && !seen.contains(cause)) {
      initCause(new FailureCopy(cause, seen));
    }
    for (Throwable suppressed : original.getSuppressed()) {
      if (!seen.contains(suppressed)) {
        addSuppressed(new FailureCopy(suppressed, seen));
      }
    }
  }

  static FailureCopy of(Throwable original) {
    return new FailureCopy(original, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static String message(Throwable original) {
    String message = original.getMessage();
    return message == null ? original.getClass().getName() : cut(message);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "... (" + text.length() + " characters)";
  }

  /** The text of the original, whose class may have one of its own. */
  @Override
  @SuppressWarnings("OverrideThrowableToString")
  public String toString() {
    return text;
  }
}
