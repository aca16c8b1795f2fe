package io.github.oom4j.junit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * What a small kernel file says, read from one that stays open: a reading is one pread(2), and
 * allocates nothing. Not thread-safe.
 */
final class KernelText {

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
  private final byte[] bytes = new byte[8192];
  private int length;

  /** Reads it as it is now, as far as the kernel gives it at once; what is beyond is not seen. */
  KernelText read(FileChannel file) throws IOException {
    buffer.clear();
    length = Math.max(0, file.read(buffer, 0));
    buffer.flip();
    buffer.get(bytes, 0, length);
    return this;
  }

  /** The number it starts with; -1 if it does not, as with {@code max}. */
  long number() {
    return numberAt(0);
  }

  /** The number behind a text that stands at the start of a line; -1 if there is none. */
  long numberAfter(byte[] lineStart) {
    for (int line = 0; line < length; line = nextLine(line)) {
      if (startsWith(line, lineStart)) {
        return numberAt(line + lineStart.length);
      }
    }
    return -1;
  }

  /** The number behind a text somewhere in the line that starts with another; -1 if none. */
  long numberAfter(byte[] lineStart, byte[] key) {
    for (int line = 0; line < length; line = nextLine(line)) {
      if (startsWith(line, lineStart)) {
        int end = nextLine(line);
        for (int at = line; at < end; at++) {
          if (startsWith(at, key)) {
            return numberAt(at + key.length);
          }
        }
      }
    }
    return -1;
  }

  private int nextLine(int from) {
    int at = from;
    while (at < length && bytes[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private boolean startsWith(int at, byte[] text) {
    if (at + text.length > length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (bytes[at + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  private long numberAt(int start) {
    long value = -1;
    for (int at = start; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
      if (value > Long.MAX_VALUE / 10 - 1) {
        return Long.MAX_VALUE; // unlimited
      }
      value = Math.max(0, value) * 10 + (bytes[at] - '0');
    }
    return value;
  }

  static byte[] key(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
