package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/** There is no process of that PID: it never was, or it ended meanwhile. */
public final class ProcessGoneException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public ProcessGoneException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public ProcessGoneException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
