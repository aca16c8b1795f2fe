package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What both versions share in making a box and setting its limits. */
final class BoxLimits {

  /** The kernel rounds a limit down to whole pages; 64 KiB are the largest that Java runs on. */
  private static final long LARGEST_PAGE = 64 << 10;

  private BoxLimits() {}

  static void create(Path box) {
    try {
      Files.createDirectory(box);
    } catch (IOException e) {
      throw KernelFile.failure(
          "create a cgroup",
          box,
          e,
          "see cgroup.max.descendants and cgroup.max.depth of the cgroups above it");
    }
  }

  /**
   * Compares a limit that was written with what the kernel made of it.
   *
   * @throws IllegalArgumentException if it was rounded down to nothing
   */
  static void verify(Path box, String file, ByteSize asked, Limit actual) {
    long value = actual.size().map(ByteSize::bytes).orElse(Long.MAX_VALUE);
    if (value == 0 && asked.bytes() > 0) {
      throw new IllegalArgumentException(
          "a limit of " + asked.bytes() + " bytes is below one page of this kernel");
    }
    boolean asAsked = value <= asked.bytes() && asked.bytes() - value < LARGEST_PAGE;
    boolean beyondAll = actual.isNone() && Limit.ofKibibytes(asked.toKibibytes()).isNone();
    if (!asAsked && !beyondAll) {
      throw new KernelIoException(
          "wrote " + asked.bytes() + " to " + box.resolve(file) + ", but it reads " + value);
    }
  }

  /**
   * Decides what it means that a box has no file for a swap limit.
   *
   * @throws UnsupportedKernelException if swap was to be limited and there is swap
   */
  static void withoutSwapLimit(Path file, Limit wanted) {
    ByteSize swap = wanted.isNone() ? ByteSize.ZERO : MemInfo.read().swapTotal();
    if (swap.bytes() > 0) {
      throw new UnsupportedKernelException(
          "could not limit swap, of which this machine has "
              + swap
              + ": no "
              + file
              + "; boot with swapaccount=1, or ask for unlimited swap");
    }
  }
}
