package io.github.oom4j.kmsg.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Text of another encoding as UTF-8. */
final class Recoding extends InputStream {

  private final Reader reader;
  private final char[] chars = new char[8192];
  private byte[] bytes = new byte[0];
  private int at;
  private int kept;

  Recoding(Reader reader) {
    this.reader = reader;
  }

  private boolean fill() throws IOException {
    while (at == bytes.length) {
      int n = reader.read(chars, kept, chars.length - kept);
      if (n < 0 && kept == 0) {
        return false;
      }
      int length = kept + Math.max(n, 0);
      // The second half of a pair may be still to come.
      kept = n > 0 && length > 0 && Character.isHighSurrogate(chars[length - 1]) ? 1 : 0;
      bytes = new String(chars, 0, length - kept).getBytes(StandardCharsets.UTF_8);
      at = 0;
      if (kept > 0) {
        chars[0] = chars[length - 1];
      }
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    return fill() ? bytes[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, bytes.length - at);
    System.arraycopy(bytes, at, buffer, offset, n);
    at += n;
    return n;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
