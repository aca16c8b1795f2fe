package io.github.oom4j;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong between oom4j and the kernel. Unchecked, and sealed: a {@code switch} over the
 * subclasses is complete.
 *
 * <p>Every message says what was tried, on which file, what the kernel answered, and, where there
 * is a way, what would make it work. A misuse of the API itself (a size below zero, a malformed
 * limit) is an {@link IllegalArgumentException} instead.
 */
public abstract sealed class OomException extends RuntimeException
    permits CgroupGoneException,
        DeniedException,
        KernelFormatException,
        KernelIoException,
        LaunchException,
        ProcessGoneException,
        UnsupportedKernelException {

  private static final long serialVersionUID = 1L;

  OomException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
