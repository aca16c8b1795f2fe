package io.github.oom4j.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The kernel's page size, which turns the kB of /proc into the pages that the kernel counts. */
public final class PageSize {

  private static final int AT_PAGESZ = 6; // getauxval(3)
  private static final int MOST_COMMON = 4096;

  private PageSize() {}

  /**
   * Reads it from the auxiliary vector of this process.
   *
   * @param proc where proc is mounted
   * @return bytes in a page; 4096 where the file is missing, as in a captured tree
   */
  public static int read(Path proc) {
    try {
      return parse(KernelFile.read(proc.resolve("self/auxv")));
    } catch (IOException e) {
      return MOST_COMMON;
    }
  }

  /** The vector is pairs of unsigned longs, of 64 or 32 bits. */
  static int parse(byte[] auxv) {
    ByteBuffer words = ByteBuffer.wrap(auxv).order(ByteOrder.nativeOrder());
    for (int i = 0; i + 16 <= auxv.length; i += 16) {
      if (words.getLong(i) == AT_PAGESZ && isPageSize(words.getLong(i + 8))) {
        return (int) words.getLong(i + 8);
      }
    }
    for (int i = 0; i + 8 <= auxv.length; i += 8) {
      if (words.getInt(i) == AT_PAGESZ && isPageSize(words.getInt(i + 4))) {
        return words.getInt(i + 4);
      }
    }
    return MOST_COMMON;
  }

  private static boolean isPageSize(long value) {
    return value >= 4096 && value <= 1 << 20 && Long.bitCount(value) == 1;
  }
}
