package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/** There is no such cgroup any more: it was removed, and its numbers with it. */
public final class CgroupGoneException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public CgroupGoneException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public CgroupGoneException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
