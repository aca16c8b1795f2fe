package io.github.oom4j.cgroup;

import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.Mount;
import java.io.IOException;
import java.nio.file.Path;

/** The mount option {@code memory_localevents} of cgroup2 (cgroup-v2.rst), since 5.2. */
final class LocalEvents {

  private LocalEvents() {}

  /** Whether {@code memory.events} of this cgroup leaves out those nested in it. */
  static boolean at(Path cgroup) {
    try {
      return Mount.parse(KernelFile.readText(Path.of("/proc/self/mountinfo"))).stream()
          .anyMatch(
              mount ->
                  mount.type().equals("cgroup2")
                      && mount.options().contains("memory_localevents")
                      && cgroup.startsWith(mount.point()));
    } catch (IOException e) {
      return false;
    }
  }
}
