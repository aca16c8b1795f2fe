package io.github.oom4j.cgroup.internal.events;

import static com.sun.jna.platform.linux.ErrNo.EACCES;
import static com.sun.jna.platform.linux.ErrNo.EINVAL;
import static com.sun.jna.platform.linux.ErrNo.EMFILE;
import static com.sun.jna.platform.linux.ErrNo.ENFILE;
import static com.sun.jna.platform.linux.ErrNo.ENODEV;
import static com.sun.jna.platform.linux.ErrNo.ENOENT;
import static com.sun.jna.platform.linux.ErrNo.EOPNOTSUPP;
import static com.sun.jna.platform.linux.ErrNo.EPERM;
import static com.sun.jna.platform.linux.ErrNo.EROFS;

import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;

/** What an errno means here, and what would make it work. */
final class Refusal {

  private static final String CAPABILITY =
      "CAP_SYS_RESOURCE ('AmbientCapabilities=CAP_SYS_RESOURCE' in a systemd unit, 'docker run"
          + " --cap-add SYS_RESOURCE')";

  private Refusal() {}

  /** Of open(2) for reading. */
  static OomException ofEvents(Path file, int errno, String takes) {
    String what = "could not watch " + file + ": ";
    return switch (errno) {
      case ENOENT -> new UnsupportedKernelException(what + "ENOENT, no such file; " + takes);
      case EACCES, EPERM ->
          new DeniedException(what + name(errno) + "; 'chmod a+r' on it by its owner would help");
      default -> other(what, errno);
    };
  }

  /** Of open(2) for reading and writing. */
  static OomException ofPressure(Path file, int errno) {
    String what = "could not arm a trigger on " + file + ": ";
    return switch (errno) {
      case ENOENT, ENODEV, EOPNOTSUPP -> unavailable(what, errno);
      case EPERM ->
          new DeniedException(
              what
                  + "EPERM; before about 6.5 the kernel lets only those do it who have "
                  + CAPABILITY);
      case EACCES ->
          new DeniedException(
              what
                  + "EACCES, this process may not write to it; its cgroup must belong to this user,"
                  + " as with 'Delegate=yes' in a systemd unit, or below user@UID.service");
      case EROFS ->
          new DeniedException(
              what
                  + "EROFS, it is mounted read-only, as in most containers; 'docker run"
                  + " --security-opt systempaths=unconfined' mounts /proc for writing, and 'mount"
                  + " -o remount,rw' by root the cgroup file system");
      default -> other(what, errno);
    };
  }

  /** Of write(2). */
  static OomException ofTrigger(Path file, String trigger, int errno, boolean privileged) {
    String what = "could not arm the trigger '" + trigger + "' on " + file + ": ";
    return switch (errno) {
      case EINVAL ->
          privileged
              ? new UnsupportedKernelException(
                  what
                      + "EINVAL, this kernel does not take it; before about 6.5 the window must be"
                      + " from 500 ms to 10 s")
              : new DeniedException(
                  what
                      + "EINVAL; the window must be 2, 4, 6, 8 or 10 s, or else the process must"
                      + " have "
                      + CAPABILITY);
      case ENODEV, EOPNOTSUPP -> unavailable(what, errno);
      case EPERM, EACCES -> new DeniedException(what + name(errno) + "; it takes " + CAPABILITY);
      default -> other(what, errno);
    };
  }

  private static OomException unavailable(String what, int errno) {
    return new UnsupportedKernelException(
        what
            + switch (errno) {
              case EOPNOTSUPP -> "EOPNOTSUPP, pressure stall information is off; boot with psi=1";
              case ENODEV -> "ENODEV, the cgroup was removed meanwhile";
              default ->
                  "ENOENT, no such file; it takes kernel 4.20, built with CONFIG_PSI and booted with"
                      + " psi=1, and for a cgroup version 2 with 1 in its cgroup.pressure";
            });
  }

  private static OomException other(String what, int errno) {
    return new KernelIoException(
        what
            + switch (errno) {
              case EMFILE -> "EMFILE, this process has too many open files; see 'ulimit -n'";
              case ENFILE ->
                  "ENFILE, the machine has too many open files; see 'sysctl fs.file-max'";
              case ENODEV -> "ENODEV, the cgroup was removed meanwhile";
              default -> "errno " + errno;
            });
  }

  private static String name(int errno) {
    return errno == EPERM ? "EPERM" : "EACCES";
  }
}
