package io.github.oom4j.cgroup.internal.events;

import static com.sun.jna.platform.linux.ErrNo.EINTR;
import static com.sun.jna.platform.linux.ErrNo.ENODEV;
import static com.sun.jna.platform.linux.Fcntl.O_CLOEXEC;
import static com.sun.jna.platform.linux.Fcntl.O_NONBLOCK;
import static com.sun.jna.platform.linux.Fcntl.O_RDONLY;
import static com.sun.jna.platform.linux.Fcntl.O_RDWR;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.cgroup.internal.Privileges;
import io.github.oom4j.internal.RawPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Files opened by open(2) and waited for by poll(2). */
final class PollEvents implements FileEvents {

  @Override
  public EventFile open(Path path, String takes) {
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
      throw Refusal.ofEvents(path, Native.getLastError(), takes);
    }
    return new File(path, fd, false);
  }

  @Override
  public EventFile openTrigger(Path path, String trigger) {
    int fd = open(path, O_RDWR);
    if (fd < 0) {
      throw Refusal.ofPressure(path, Native.getLastError());
    }
    // With its NUL: the kernel overwrites the last byte with one (psi_write).
    byte[] text = (trigger + '\0').getBytes(StandardCharsets.US_ASCII);
    if (LibC.write(fd, text, new NativeLong(text.length)).longValue() < 0) {
      int errno = Native.getLastError();
      LibC.close(fd);
      throw Refusal.ofTrigger(path, trigger, errno, Privileges.hasSysResource());
    }
    return new File(path, fd, true);
  }

  private static int open(Path path, int mode) {
    return LibC.open(name(path), mode | O_NONBLOCK | O_CLOEXEC);
  }

  /** As C wants it. */
  static byte[] name(Path path) {
    return (RawPath.bytes(path) + '\0').getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public Poller newPoller() {
    return SystemPoller.open();
  }

  /** A descriptor, and what poll(2) last said of it. */
  static final class File implements EventFile {

    /** The text of these files is some hundred bytes; kernfs hands out a page at most. */
    private static final int LARGEST = 4096;

    private static final NativeLong CAPACITY = new NativeLong(LARGEST);
    private static final NativeLong START = new NativeLong(0);

    private final Path path;
    private final boolean trigger;
    private int fd;
    private short revents;

    private File(Path path, int fd, boolean trigger) {
      this.path = path;
      this.fd = fd;
      this.trigger = trigger;
    }

    int fd() {
      return fd;
    }

    /** The directory in which its cgroup is. A trigger needs none: it is woken at its end. */
    Optional<Path> parent() {
      return trigger ? Optional.empty() : Optional.of(path.resolveSibling(".."));
    }

    void revents(short now) {
      revents = now;
    }

    @Override
    public Optional<byte[]> read() {
      // kernfs says POLLERR with each change, a trigger only when it is gone with its cgroup. It
      // says so for ever: to go on would be a busy loop.
      if (trigger && (revents & LibC.POLLERR) != 0) {
        return Optional.empty();
      }
      byte[] text = new byte[LARGEST];
      while (true) {
        int n = LibC.pread(fd, text, CAPACITY, START).intValue();
        if (n >= 0) {
          return Optional.of(Arrays.copyOf(text, n));
        }
        int errno = Native.getLastError();
        if (errno == ENODEV) {
          return Optional.empty();
        }
        if (errno != EINTR) {
          throw new KernelIoException("could not read on in " + path + ": errno " + errno);
        }
      }
    }

    @Override
    public void close() {
      if (fd >= 0) {
        LibC.close(fd);
        fd = -1;
      }
    }
  }
}
