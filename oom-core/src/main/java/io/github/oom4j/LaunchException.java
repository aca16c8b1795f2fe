package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/**
 * A command could not be started, or not where it was to run: no program of that name, not
 * executable, the box could not be entered, or the limit is too small even for the start. Whatever
 * the reason, the command itself has not run.
 */
public final class LaunchException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public LaunchException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public LaunchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
