package io.github.oom4j.cgroup.internal.events;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.nio.ByteBuffer;

/**
 * The functions of libc that Java has no equal of. Loaded when first used. After a call that
 * returned -1, {@link Native#getLastError()} is errno, kept for the calling thread by JNA.
 */
final class LibC {

  /** {@code POLLIN} of poll(2). */
  static final short POLLIN = 1;

  /** {@code POLLPRI} of poll(2): how kernfs and PSI tell of a change. */
  static final short POLLPRI = 2;

  /** {@code POLLERR} of poll(2), which is always waited for. */
  static final short POLLERR = 8;

  /** CLOEXEC and NONBLOCK of eventfd(2) and inotify_init1(2); the same bits as for open(2). */
  static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  /** {@code IN_DELETE} of inotify(7): something in the directory was deleted. */
  static final int IN_DELETE = 0x200;

  /** {@code IN_ONLYDIR} of inotify(7): fail unless it is a directory. */
  static final int IN_ONLYDIR = 0x1000000;

  static {
    Native.register(LibC.class, Platform.C_LIBRARY_NAME);
  }

  private LibC() {}

  /**
   * Binds the functions, if that has not been done yet.
   *
   * @throws LinkageError if JNA is missing or can't load its native library
   */
  static void load() {
    // The static initializer does it.
  }

  /**
   * open(2), without the mode that only O_CREAT needs.
   *
   * @param path the file's name, with a NUL at its end
   * @return a descriptor, or -1: ENOENT, EACCES, EMFILE; for writing EROFS, and EPERM where PSI
   *     wants CAP_SYS_RESOURCE
   */
  static native int open(byte[] path, int flags);

  /**
   * pread(2). A read from offset 0 of a kernfs file makes its text anew, and arms poll(2) again.
   *
   * @return how many bytes were read, or -1: ENODEV (the cgroup was removed), EOPNOTSUPP (PSI is
   *     off), EINTR
   */
  static native NativeLong pread(int fd, byte[] buffer, NativeLong count, NativeLong offset);

  /**
   * read(2), here of an eventfd, which takes it back to 0, and of inotify events.
   *
   * @return how many bytes were read, or -1: EAGAIN (there was nothing)
   */
  static native NativeLong read(int fd, byte[] buffer, NativeLong count);

  /**
   * write(2).
   *
   * @return how many bytes were written, or -1: EINVAL (PSI does not take the trigger), EOPNOTSUPP
   *     (PSI is off), EAGAIN (an eventfd at its largest value)
   */
  static native NativeLong write(int fd, byte[] buffer, NativeLong count);

  /**
   * poll(2) on a direct buffer of {@code struct pollfd}: int fd, short events, short revents.
   *
   * @param timeout in milliseconds; -1 waits for ever
   * @return how many are ready, 0 after the timeout, or -1: EINTR
   */
  static native int poll(ByteBuffer fds, NativeLong count, int timeout);

  /**
   * eventfd(2): a counter that poll(2) can wait for.
   *
   * @return a descriptor, or -1: EMFILE
   */
  static native int eventfd(int initial, int flags);

  /**
   * inotify_init1(2).
   *
   * @return a descriptor, or -1: EMFILE (also for fs.inotify.max_user_instances)
   */
  static native int inotify_init1(int flags);

  /**
   * inotify_add_watch(2).
   *
   * @param path the directory's name, with a NUL at its end
   * @return a watch descriptor, the same for the same directory, or -1: ENOENT, EACCES (it must be
   *     readable), ENOSPC (fs.inotify.max_user_watches)
   */
  static native int inotify_add_watch(int fd, byte[] path, int mask);

  /**
   * inotify_rm_watch(2).
   *
   * @return 0, or -1: EINVAL (it is gone already)
   */
  static native int inotify_rm_watch(int fd, int watch);

  /**
   * close(2).
   *
   * @return 0, or -1
   */
  static native int close(int fd);
}
