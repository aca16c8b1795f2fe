package io.github.oom4j.cgroup.internal.events;

import static com.sun.jna.platform.linux.ErrNo.EINTR;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.github.oom4j.KernelIoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/** poll(2), with an eventfd(2) to be woken by. */
final class SystemPoller implements Poller {

  /** {@code struct pollfd}: int fd, short events, short revents. */
  private static final int ENTRY = 8;

  private static final int REVENTS = 6;

  /** What an eventfd reads and writes. */
  private static final NativeLong COUNTER = new NativeLong(Long.BYTES);

  /** The wake-up and the removals come before the files. */
  private static final int FIRST = 2;

  /** Where removals are not told, poll(2) is called so often: it sees them when it starts. */
  private static final int PATIENCE_MILLIS = 1000;

  private final int wakeUpFd;
  private final Removals removals = Removals.open();
  private boolean removalsAreTold;
  private List<EventFile> polled = List.of();
  private ByteBuffer fds = ByteBuffer.allocateDirect(0);
  private boolean closed; // guarded by this

  private SystemPoller(int wakeUpFd) {
    this.wakeUpFd = wakeUpFd;
    take(polled);
  }

  static SystemPoller open() {
    int wakeUpFd = LibC.eventfd(0, LibC.CLOEXEC_NONBLOCK);
    if (wakeUpFd < 0) {
      throw new KernelIoException(
          "could not create an eventfd: errno " + Native.getLastError() + "; see 'ulimit -n'");
    }
    return new SystemPoller(wakeUpFd);
  }

  private void take(List<EventFile> files) {
    polled = files;
    removalsAreTold =
        removals.follow(
            files.stream()
                .flatMap(file -> ((PollEvents.File) file).parent().stream())
                .collect(Collectors.toSet()));
    // Direct, for the kernel writes into it; not JNA's Memory, whose cleaner thread wakes up.
    fds = ByteBuffer.allocateDirect(ENTRY * (FIRST + files.size())).order(ByteOrder.nativeOrder());
    fds.putInt(wakeUpFd).putShort(LibC.POLLIN).putShort((short) 0);
    fds.putInt(removals.fd()).putShort(LibC.POLLIN).putShort((short) 0);
    for (EventFile file : files) {
      fds.putInt(((PollEvents.File) file).fd()).putShort(LibC.POLLPRI).putShort((short) 0);
    }
    fds.rewind();
  }

  @Override
  public BitSet await(List<EventFile> files) {
    if (files != polled) {
      take(files);
    }
    BitSet ready = new BitSet();
    int n =
        LibC.poll(
            fds, new NativeLong(FIRST + files.size()), removalsAreTold ? -1 : PATIENCE_MILLIS);
    if (n < 0) {
      int errno = Native.getLastError();
      if (errno == EINTR) {
        return ready;
      }
      throw new KernelIoException(
          "poll of " + files.size() + " files failed: errno " + errno + "; see 'ulimit -n'");
    }
    if (fds.getShort(REVENTS) != 0) {
      LibC.read(wakeUpFd, new byte[Long.BYTES], COUNTER);
    }
    if (fds.getShort(ENTRY + REVENTS) != 0) {
      removals.drain();
    }
    for (int i = 0; i < files.size(); i++) {
      short revents = fds.getShort(ENTRY * (FIRST + i) + REVENTS);
      if (revents != 0) {
        ((PollEvents.File) files.get(i)).revents(revents);
        ready.set(i);
      }
    }
    return ready;
  }

  @Override
  public synchronized void wakeUp() {
    if (!closed) {
      // Any number but 0 will do, so that the byte order does not matter.
      LibC.write(wakeUpFd, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, COUNTER);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(wakeUpFd);
      removals.close();
    }
  }
}
