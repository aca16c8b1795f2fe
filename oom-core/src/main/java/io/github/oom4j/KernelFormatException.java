package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/** A kernel file held something else than its format allows. The message names file and line. */
public final class KernelFormatException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public KernelFormatException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public KernelFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
