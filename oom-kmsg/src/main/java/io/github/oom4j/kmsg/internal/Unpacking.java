package io.github.oom4j.kmsg.internal;

import io.github.oom4j.KernelFormatException;
import io.github.oom4j.UnsupportedKernelException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by the first bytes whether a saved log is compressed (gzip, zstd) or UTF-16, and reads
 * it as UTF-8 text. Happens at the first read, as that may wait for input.
 */
public final class Unpacking extends InputStream {

  private static final int MAGIC = 8;

  private final InputStream in;
  private final String name;
  private InputStream text = InputStream.nullInputStream();
  private boolean begun;

  /**
   * Reads a stream.
   *
   * @param in the log, as it was saved; closed with this one
   * @param name what messages call it
   */
  public Unpacking(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  private InputStream text() throws IOException {
    if (!begun) {
      begun = true;
      text = open(in, 0);
    }
    return text;
  }

  private InputStream open(InputStream stream, int depth) throws IOException {
    Members members = new Members(stream);
    byte[] magic = members.peek();
    if (depth < 3) { // a rotated log that somebody compressed again
      if (starts(magic, 0x1f, 0x8b)) {
        return open(new GZIPInputStream(members, 65_536), depth + 1);
      }
      if (starts(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
        return open(zstd(members), depth + 1);
      }
    }
    if (starts(magic, 0xfd, '7', 'z', 'X', 'Z')) {
      throw pipe("xz", "xz -dc");
    }
    if (starts(magic, 'B', 'Z', 'h')) {
      throw pipe("bzip2", "bzip2 -dc");
    }
    if (starts(magic, 0x04, 0x22, 0x4d, 0x18)) {
      throw pipe("lz4", "lz4 -dc");
    }
    if (starts(magic, 'P', 'K', 3, 4)) {
      throw pipe("zip", "unzip -p");
    }
    if (starts(magic, 'L', 'P', 'K', 'S', 'H', 'H', 'R', 'H')) {
      throw new KernelFormatException(
          "could not read the kernel log: "
              + name
              + " is a journal file; 'journalctl --file "
              + name
              + " -k -o export' prints what this reads");
    }
    Charset utf16 = utf16(magic);
    return utf16 == null ? members : new Recoding(new InputStreamReader(members, utf16));
  }

  private KernelFormatException pipe(String kind, String command) {
    return new KernelFormatException(
        "could not read the kernel log: "
            + name
            + " is compressed by "
            + kind
            + "; gzip and zstd are read as they are, this is not: '"
            + command
            + " "
            + name
            + "' prints what this reads");
  }

  private InputStream zstd(InputStream members) throws IOException {
    String reason;
    try {
      return new ZstdStream(members);
    } catch (LinkageError e) {
      reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
    try {
      return ZstdCommand.open(members);
    } catch (IOException e) {
      throw new UnsupportedKernelException(
          "could not read the kernel log: "
              + name
              + " is compressed by zstd, and there is neither libzstd.so.1 ("
              + reason
              + ") nor a zstd command: install the package libzstd1 or zstd, or pipe the output of"
              + " 'zstd -dc'",
          e);
    }
  }

  /** The byte order, by its mark or by where the zeros are; null if it is not UTF-16. */
  private static @Nullable Charset utf16(byte[] magic) {
    if (starts(magic, 0xff, 0xfe) || (magic.length >= 4 && zeros(magic, 1) && !zeros(magic, 0))) {
      return StandardCharsets.UTF_16LE;
    }
    return starts(magic, 0xfe, 0xff) || (magic.length >= 4 && zeros(magic, 0) && !zeros(magic, 1))
        ? StandardCharsets.UTF_16BE
        : null;
  }

  private static boolean zeros(byte[] magic, int from) {
    for (int i = from; i < magic.length; i += 2) {
      if (magic[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean starts(byte[] magic, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (i >= magic.length || (magic[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    return text().read();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return text().read(buffer, offset, length);
  }

  @Override
  public void close() throws IOException {
    try (in) {
      text.close();
    }
  }

  /**
   * A stream that can be peeked at, and knows whether it has ended: {@link GZIPInputStream} asks
   * for that to find further members, and a pipe answers that nothing is available.
   */
  private static final class Members extends FilterInputStream {

    private final PushbackInputStream stream;

    Members(InputStream in) {
      this(new PushbackInputStream(in, MAGIC));
    }

    private Members(PushbackInputStream stream) {
      super(stream);
      this.stream = stream;
    }

    byte[] peek() throws IOException {
      byte[] magic = new byte[MAGIC];
      int n = stream.readNBytes(magic, 0, MAGIC);
      stream.unread(magic, 0, n);
      return Arrays.copyOf(magic, n);
    }

    @Override
    public int available() throws IOException {
      int next = stream.read();
      if (next < 0) {
        return 0;
      }
      stream.unread(next);
      return Math.max(1, stream.available());
    }
  }
}
