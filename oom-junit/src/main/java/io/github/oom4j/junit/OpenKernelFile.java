package io.github.oom4j.junit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A small kernel file that is read again and again: it stays open, and a reading is one pread(2)
 * that allocates nothing. Not thread-safe. A thread that is interrupted while it reads closes it.
 */
final class OpenKernelFile implements Closeable {

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
  private final byte[] bytes = new byte[8192];
  private int length;

  OpenKernelFile(Path path) throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  /** Reads it as it is now, as far as the kernel gives it at once; what is beyond is not seen. */
  void read() throws IOException {
    buffer.clear();
    length = Math.max(0, channel.read(buffer, 0));
    buffer.flip();
    buffer.get(bytes, 0, length);
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
      long more = Math.max(0, value) * 10 + (bytes[at] - '0');
      // cgroup v1 prints up to 2^64 - 1.
      value = more < value ? Long.MAX_VALUE : more;
    }
    return value;
  }

  static byte[] key(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
