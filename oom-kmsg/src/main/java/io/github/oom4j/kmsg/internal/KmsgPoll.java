package io.github.oom4j.kmsg.internal;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.platform.linux.ErrNo;
import io.github.oom4j.KernelIoException;
import java.util.List;

/** poll(2) on any number of open devices, and on an eventfd that ends it. */
final class KmsgPoll implements RecordWait {

  /** The size of {@code struct pollfd}: int fd, short events, short revents. */
  private static final int POLLFD = 8;

  private final int wakeUpFd;
  private final Memory counter = new Memory(Long.BYTES);
  private final Memory one = new Memory(Long.BYTES);
  private Memory fds = new Memory(2 * POLLFD);
  private boolean closed;

  KmsgPoll() {
    wakeUpFd = LibC.eventfd(0, LibC.EFD_CLOEXEC_NONBLOCK);
    if (wakeUpFd < 0) {
      int errno = Native.getLastError();
      throw new KernelIoException(
          "could not wait for the kernel log: eventfd: "
              + (errno == ErrNo.EMFILE ? "EMFILE; raise 'ulimit -n'" : "errno " + errno));
    }
    one.setLong(0, 1);
  }

  @Override
  public void await(List<? extends RecordSource> sources, int timeoutMillis) {
    int count = sources.size() + 1;
    if (fds.size() < (long) count * POLLFD) {
      fds = new Memory(2L * count * POLLFD);
    }
    expect(0, wakeUpFd);
    for (int i = 1; i < count; i++) {
      expect(i, ((KmsgDevice) sources.get(i - 1)).fd());
    }
    // EINTR counts as a wake-up: the caller reads, finds nothing, and waits again.
    int ready = LibC.poll(fds, new NativeLong(count), timeoutMillis);
    if (ready > 0 && fds.getShort(6) != 0) {
      LibC.read(wakeUpFd, counter, Long.BYTES);
    }
  }

  private void expect(int index, int fd) {
    fds.setInt((long) index * POLLFD, fd);
    fds.setInt((long) index * POLLFD + 4, LibC.POLLIN); // and no revents
  }

  @Override
  public synchronized void wakeUp() {
    if (!closed) {
      LibC.write(wakeUpFd, one, new NativeLong(Long.BYTES));
    }
  }

  /** Only the waiting thread may close: a descriptor must not be reused under a poll. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(wakeUpFd);
    }
  }
}
