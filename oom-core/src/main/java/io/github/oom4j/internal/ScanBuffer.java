package io.github.oom4j.internal;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads many kernel files into one buffer, for scans of all processes: the files of five thousand
 * processes are read without an array for each. Not thread-safe.
 */
final class ScanBuffer {

  private static final int LARGEST = 1 << 20;

  // FileInputStream and RandomAccessFile malloc for reads above 8192 bytes (io_util.c).
  private static final int CHUNK = 8192;

  private byte[] bytes = new byte[CHUNK];
  private int length;

  /** What was read last; valid up to {@link #length()}, and until the next read. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /**
   * Reads a whole file.
   *
   * @param path its name
   * @throws IOException as {@link KernelFile#read(Path)}
   */
  void read(String path) throws IOException {
    length = 0;
    try (FileInputStream in = new FileInputStream(path)) {
      while (true) {
        int n = in.read(bytes, length, Math.min(CHUNK, bytes.length - length));
        if (n < 0) {
          return;
        }
        add(n);
      }
    } catch (FileNotFoundException e) {
      throw KernelFile.typed(Path.of(path), e);
    }
  }

  /** Reads an open file of a few bytes from its beginning. */
  void readAgain(RandomAccessFile file) throws IOException {
    file.seek(0);
    length = Math.max(0, file.read(bytes, 0, CHUNK));
  }

  private void add(int n) throws IOException {
    length += n;
    if (length == bytes.length) {
      if (length >= LARGEST) {
        throw new IOException("larger than " + (LARGEST >> 20) + " MiB");
      }
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
  }
}
