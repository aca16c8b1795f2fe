package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;

/** What can be asked for at all; the kernel counts memory in pages. */
final class LimitRange {

  /** No kernel has smaller pages. */
  private static final long SMALLEST_PAGE = 4096;

  private LimitRange() {}

  static ByteSize aPageOrMore(String name, ByteSize size) {
    if (size.bytes() < SMALLEST_PAGE) {
      throw new IllegalArgumentException(
          "%s is at least one page of %s bytes, not %s bytes"
              .formatted(name, SMALLEST_PAGE, size.bytes()));
    }
    return size;
  }

  static Limit aPageOrMore(String name, Limit limit) {
    limit.size().ifPresent(size -> aPageOrMore(name, size));
    return limit;
  }

  static ByteSize zeroOrMore(String name, ByteSize size) {
    if (size.bytes() > 0 && size.bytes() < SMALLEST_PAGE) {
      throw new IllegalArgumentException(
          "%s is zero or at least one page of %s bytes, not %s bytes"
              .formatted(name, SMALLEST_PAGE, size.bytes()));
    }
    return size;
  }

  static Limit zeroOrMore(String name, Limit limit) {
    limit.size().ifPresent(size -> zeroOrMore(name, size));
    return limit;
  }

  static int percent(String name, int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException(name + " is 1 to 100, not " + percent);
    }
    return percent;
  }

  static long pids(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("pidsMax is 1 or more, not " + count);
    }
    return count;
  }
}
