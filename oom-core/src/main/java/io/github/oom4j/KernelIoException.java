package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/** A read or write of a kernel file failed in another way than the other subclasses tell. */
public final class KernelIoException extends OomException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports it without a cause.
   *
   * @param message what was tried, on what, and what would help
   */
  public KernelIoException(String message) {
    this(message, null);
  }

  /**
   * Reports it with its cause.
   *
   * @param message what was tried, on what, and what would help
   * @param cause what the JDK reported, or null
   */
  public KernelIoException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
