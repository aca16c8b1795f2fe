package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/**
 * This system lacks what was asked for: it is not Linux, the kernel is too old or built without it,
 * or it is not mounted or not delegated here.
 */
public final class UnsupportedKernelException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public UnsupportedKernelException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public UnsupportedKernelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
