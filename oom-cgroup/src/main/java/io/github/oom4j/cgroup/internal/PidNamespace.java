package io.github.oom4j.cgroup.internal;

import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.PidNamespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The PID namespace of this JVM (pid_namespaces(7)). */
public final class PidNamespace {

  private PidNamespace() {}

  /**
   * A PID as the kernel's log prints it: that of the initial namespace. Processes of namespaces
   * nested in this JVM's have a PID here too; outwards there is no translation.
   *
   * @param pid a PID as this JVM sees it
   * @return the same if this JVM is in the initial namespace, else empty
   */
  public static OptionalLong kernelPid(long pid) {
    return PidNamespaces.isInitial(Path.of("/proc")).orElse(false)
        ? OptionalLong.of(pid)
        : OptionalLong.empty();
  }

  /**
   * Whether the PIDs of this JVM mean the same to a systemd that we reach without a bus: in the
   * initial namespace, and in one of which systemd is the init.
   *
   * @return true if they do
   */
  public static boolean isOfSystemd() {
    if (kernelPid(1).isPresent()) {
      return true;
    }
    try {
      return KernelFile.readText(Path.of("/proc/1/comm")).equals("systemd\n");
    } catch (IOException e) {
      return false;
    }
  }
}
