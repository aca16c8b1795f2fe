package io.github.oom4j.kmsg.internal;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decompresses zstd by the system's libzstd.so.1, frame after frame. Memory is bounded by the
 * library: it refuses a window of more than 128 MiB.
 */
final class ZstdStream extends InputStream {

  private static final int BLOCK = 131_072;

  /** {@code ZSTD_inBuffer} and {@code ZSTD_outBuffer}: a pointer, a size and a position. */
  private static final int BUFFER_SIZE = 24;

  private final InputStream in;
  private final Memory source = new Memory(BLOCK);
  private final Memory target = new Memory(BLOCK);
  private final Memory input = new Memory(BUFFER_SIZE);
  private final Memory output = new Memory(BUFFER_SIZE);
  private final byte[] block = new byte[BLOCK];
  private final Pointer stream;
  private boolean closed;
  private long served;
  private boolean inFrame;
  private boolean mayHoldMore;

  /**
   * Opens a stream.
   *
   * @throws LinkageError if JNA or libzstd can't be loaded
   */
  ZstdStream(InputStream in) {
    this.in = in;
    this.stream = LibZstd.ZSTD_createDStream();
    buffer(input, source, 0);
    buffer(output, target, BLOCK);
  }

  private static void buffer(Memory struct, Memory bytes, long size) {
    struct.setPointer(0, bytes);
    struct.setLong(8, size);
    struct.setLong(16, 0);
  }

  private boolean fill() throws IOException {
    served = 0;
    output.setLong(16, 0);
    while (output.getLong(16) == 0) {
      if (closed) {
        throw new IOException("the stream is closed");
      }
      if (input.getLong(16) == input.getLong(8) && !mayHoldMore) {
        int n = in.read(block, 0, BLOCK);
        if (n < 0) {
          if (inFrame) {
            throw new EOFException("the zstd frame is cut off");
          }
          return false;
        }
        source.write(0, block, 0, n);
        buffer(input, source, n);
      }
      long left = LibZstd.ZSTD_decompressStream(stream, output, input);
      if (LibZstd.ZSTD_isError(left) != 0) {
        throw new IOException("zstd: " + LibZstd.ZSTD_getErrorName(left));
      }
      inFrame = left != 0;
      mayHoldMore = output.getLong(16) == BLOCK;
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (served == output.getLong(16) && !fill()) {
      return -1;
    }
    int n = (int) Math.min(length, output.getLong(16) - served);
    target.read(served, buffer, offset, n);
    served += n;
    return n;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      LibZstd.ZSTD_freeDStream(stream);
    }
    in.close();
  }
}
