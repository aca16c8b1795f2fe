package io.github.oom4j.kmsg.internal;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The streaming decompression of libzstd (zstd.h, stable since 1.0). Loaded when the first log
 * compressed by zstd is read. {@code size_t} is a long: zstd logs are read on 64-bit systems only.
 */
final class LibZstd {

  static {
    if (Native.SIZE_T_SIZE != Long.BYTES) {
      throw new UnsatisfiedLinkError("not a 64-bit system");
    }
    Native.register(LibZstd.class, "libzstd.so.1");
  }

  private LibZstd() {}

  /** A new stream, or NULL without memory. */
  static native Pointer ZSTD_createDStream();

  /** Frees the stream; 0. */
  static native long ZSTD_freeDStream(Pointer stream);

  /**
   * Decompresses as much as fits.
   *
   * @return 0 at the end of a frame; a hint how much input may come next; or an error
   */
  static native long ZSTD_decompressStream(Pointer stream, Pointer output, Pointer input);

  /** Whether a result is an error: not 0. */
  static native int ZSTD_isError(long result);

  /** The error in words. */
  static native String ZSTD_getErrorName(long result);
}
