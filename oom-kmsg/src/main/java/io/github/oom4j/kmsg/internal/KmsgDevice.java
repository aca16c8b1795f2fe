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
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;

/** {@code /dev/kmsg}, read by read(2). */
public final class KmsgDevice implements RecordSource {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** A record has up to 8192 bytes; one that does not fit would be lost. */
  private static final int LARGEST_RECORD = 16_384;

  private final Path path;
  private final int fd;
  private final Memory buffer = new Memory(LARGEST_RECORD);
  private final ByteBuffer view = buffer.getByteBuffer(0, LARGEST_RECORD);
  private final Memory time = new Memory(2L * NativeLong.SIZE);
  private boolean closed;

  private KmsgDevice(Path path, int fd) {
    this.path = path;
    this.fd = fd;
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
    return new KmsgDevice(path, fd);
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
              + " printk.devkmsg=off refuses everybody; KernelLog.journal() reads the same from"
              + " systemd's journal, for members of the group systemd-journal or adm");
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

  int fd() {
    return fd;
  }

  @Override
  public void seekToStart() {
    if (LibC.lseek(fd, new NativeLong(0), LibC.SEEK_SET).longValue() < 0) {
      throw new KernelIoException(
          "could not seek to the start of " + path + ": errno " + Native.getLastError());
    }
  }

  @Override
  public int read(byte[] target) {
    while (true) {
      int n = LibC.read(fd, buffer, LARGEST_RECORD);
      if (n >= 0) {
        int length = Math.min(n, target.length);
        view.get(0, target, 0, length);
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
  public UUID bootId() {
    try {
      return UUID.fromString(KernelFile.readText(BOOT_ID).strip());
    } catch (IOException e) {
      throw KernelFile.failure("tell this boot from others", BOOT_ID, e, "mount /proc");
    } catch (IllegalArgumentException e) {
      throw new KernelFormatException("could not tell this boot from others: " + BOOT_ID, e);
    }
  }

  @Override
  public OptionalLong monotonicMicros() {
    if (LibC.clock_gettime(LibC.CLOCK_MONOTONIC, time) != 0) {
      return OptionalLong.empty();
    }
    long seconds = time.getNativeLong(0).longValue();
    return OptionalLong.of(
        seconds * 1_000_000 + time.getNativeLong(NativeLong.SIZE).longValue() / 1000);
  }

  @Override
  public RecordWait newWait() {
    return new KmsgPoll();
  }

  /** Only the reading thread may close: a descriptor must not be reused under a read. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
    }
  }
}
