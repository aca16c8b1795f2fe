package io.github.oom4j.kmsg.internal;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

/**
 * The functions of libc that Java has no equal of. Loaded when first used. After a call that
 * returned -1, {@link Native#getLastError()} is errno, kept for the calling thread by JNA.
 */
final class LibC {

  /** {@code POLLIN} of poll(2). */
  static final short POLLIN = 1;

  /** {@code SEEK_SET} of lseek(2). */
  static final int SEEK_SET = 0;

  /** {@code CLOCK_MONOTONIC} of clock_gettime(2). */
  static final int CLOCK_MONOTONIC = 1;

  /** {@code EFD_CLOEXEC | EFD_NONBLOCK} of eventfd(2); the same bits as for open(2). */
  static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  static {
    Native.register(LibC.class, Platform.C_LIBRARY_NAME);
  }

  private LibC() {}

  /**
   * open(2), without the mode that only O_CREAT needs.
   *
   * @return a descriptor, or -1: EPERM and EACCES (no right to read), ENOENT (no such file)
   */
  static native int open(String path, int flags);

  /**
   * read(2), of less than 2 GiB. On {@code /dev/kmsg}, one call returns one record. Declared with
   * int, which a register holds as well: a {@code NativeLong} is an object, and costs as much again
   * as the kernel needs for a record.
   *
   * @return how many bytes were read, or -1: EAGAIN (no record now), EPIPE (records were lost),
   *     EINVAL (the buffer is too small for the record, which is lost), EINTR
   */
  static native int read(int fd, Pointer buffer, int count);

  /**
   * write(2).
   *
   * @return how many bytes were written, or -1: EAGAIN (an eventfd at its largest value)
   */
  static native NativeLong write(int fd, Pointer buffer, NativeLong count);

  /**
   * lseek(2). On {@code /dev/kmsg}, {@code SEEK_SET} with offset 0 goes to the oldest record.
   *
   * @return the position, or -1
   */
  static native NativeLong lseek(int fd, NativeLong offset, int whence);

  /**
   * poll(2) on an array of {@code struct pollfd}: int fd, short events, short revents.
   *
   * @param timeout in milliseconds; -1 waits for ever
   * @return how many are ready, 0 after the timeout, or -1: EINTR
   */
  static native int poll(Pointer fds, NativeLong count, int timeout);

  /**
   * eventfd(2): a counter that poll(2) can wait for.
   *
   * @return a descriptor, or -1: EMFILE
   */
  static native int eventfd(int initial, int flags);

  /**
   * clock_gettime(2): fills a {@code struct timespec}, two longs.
   *
   * @return 0, or -1
   */
  static native int clock_gettime(int clock, Pointer time);

  /**
   * close(2).
   *
   * @return 0, or -1
   */
  static native int close(int fd);
}
