package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/**
 * The kernel refused for want of a permission. The message names the file, the capability or group
 * that is missing, and the command that grants it.
 */
public final class DeniedException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public DeniedException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public DeniedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
