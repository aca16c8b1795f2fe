package io.github.oom4j.kmsg.internal;

import static com.sun.jna.platform.linux.ErrNo.EACCES;
import static com.sun.jna.platform.linux.ErrNo.EAGAIN;
import static com.sun.jna.platform.linux.ErrNo.EINTR;
import static com.sun.jna.platform.linux.ErrNo.EINVAL;
import static com.sun.jna.platform.linux.ErrNo.ENOENT;
import static com.sun.jna.platform.linux.ErrNo.EPERM;
import static com.sun.jna.platform.linux.ErrNo.EPIPE;
import static com.sun.jna.platform.linux.Fcntl.O_CLOEXEC;
import static com.sun.jna.platform.linux.Fcntl.O_NONBLOCK;
import static com.sun.jna.platform.linux.Fcntl.O_RDONLY;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;

/** {@code /dev/kmsg}, read by read(2) and waited for by poll(2). */
public final class KmsgDevice implements RecordSource {

  /** A record has up to 8192 bytes; one that does not fit would be lost. */
  private static final int LARGEST_RECORD = 16_384;

  /** Two {@code struct pollfd} of 8 bytes. */
  private static final int POLL_SIZE = 16;

  private final Path path;
  private final int fd;
  private final int wakeUpFd;
  private final Memory buffer = new Memory(LARGEST_RECORD);
  private final NativeLong capacity = new NativeLong(LARGEST_RECORD);
  private final Memory poll = new Memory(POLL_SIZE);
  private final Memory one = new Memory(Long.BYTES);
  private boolean closed;

  private KmsgDevice(Path path, int fd, int wakeUpFd) {
    this.path = path;
    this.fd = fd;
    this.wakeUpFd = wakeUpFd;
    one.setLong(0, 1);
    poll.setInt(0, fd);
    poll.setInt(8, wakeUpFd);
  }

  /**
   * Opens the device for reading, at the oldest record.
   *
   * @param path the device
   * @return the device, open
   * @throws OomException if it can't be opened; the message says what would help
   * @throws LinkageError if JNA is missing or can't load its native library
   */
  public static KmsgDevice open(Path path) {
    int fd = LibC.open(path.toString(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
      throw refused(path, Native.getLastError());
    }
    int wakeUpFd = LibC.eventfd(0, LibC.EFD_CLOEXEC_NONBLOCK);
    if (wakeUpFd < 0) {
      int errno = Native.getLastError();
      LibC.close(fd);
      throw new KernelIoException("could not create an eventfd: errno " + errno);
    }
    return new KmsgDevice(path, fd, wakeUpFd);
  }

  private static OomException refused(Path path, int errno) {
    if (errno == EPERM || errno == EACCES) {
      return new DeniedException(
          "could not read "
              + path
              + ": "
              + (errno == EPERM ? "EPERM" : "EACCES")
              + "; with kernel.dmesg_restrict=1 it takes CAP_SYSLOG: run as root, or 'setcap"
              + " cap_syslog+ep' on the java binary, or 'sysctl kernel.dmesg_restrict=0'; in a"
              + " container 'docker run --device /dev/kmsg --cap-add SYSLOG'; a kernel booted with"
              + " printk.devkmsg=off refuses everybody");
    }
    if (errno == ENOENT) {
      return new UnsupportedKernelException(
          "could not read "
              + path
              + ": ENOENT, no such file; containers mostly lack it: 'docker run --device /dev/kmsg"
              + " --cap-add SYSLOG' passes it in");
    }
    return new KernelIoException("could not read " + path + ": errno " + errno);
  }

  /** Skips all records so far: only what is written from now on is read. */
  public void seekToEnd() {
    if (LibC.lseek(fd, new NativeLong(0), LibC.SEEK_END).longValue() < 0) {
      throw new KernelIoException(
          "could not seek to the end of " + path + ": errno " + Native.getLastError());
    }
  }

  @Override
  public int read(byte[] target) {
    while (true) {
      int n = LibC.read(fd, buffer, capacity).intValue();
      if (n >= 0) {
        int length = Math.min(n, target.length);
        buffer.read(0, target, 0, length);
        return length; // 0 only from a FIFO that nobody writes to
      }
      int errno = Native.getLastError();
      if (errno == EAGAIN) {
        return DRAINED;
      }
      if (errno == EPIPE || errno == EINVAL) {
        return LOST;
      }
      if (errno != EINTR) {
        throw new KernelIoException("could not read on in " + path + ": errno " + errno);
      }
    }
  }

  @Override
  public boolean await(int timeoutMillis) {
    poll.setShort(4, LibC.POLLIN);
    poll.setShort(12, LibC.POLLIN);
    // EINTR counts as a wake-up: the caller reads, finds nothing, and waits again.
    return LibC.poll(poll, new NativeLong(2), timeoutMillis) != 0;
  }

  @Override
  public synchronized void wakeUp() {
    if (!closed) {
      LibC.write(wakeUpFd, one, new NativeLong(Long.BYTES));
    }
  }

  /** Only the reading thread may close: a descriptor must not be reused under a read. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
      LibC.close(wakeUpFd);
    }
  }
}
