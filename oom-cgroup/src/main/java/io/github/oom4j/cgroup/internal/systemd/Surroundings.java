package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where managers are looked for.
 *
 * @param environment environment variables by name; empty if not set
 * @param run the directory {@code /run}
 * @param uid the effective uid of this process
 */
record Surroundings(Function<String, Optional<String>> environment, Path run, long uid) {

  /** Those of this process. */
  static Surroundings ofThisProcess() {
    return new Surroundings(
        name -> Optional.ofNullable(System.getenv(name)), Path.of("/run"), effectiveUid());
  }

  // proc_pid_status(5): real, effective, saved set, filesystem. Without /proc nobody is root.
  private static long effectiveUid() {
    try {
      return KernelFile.readText(Path.of("/proc/self/status"))
          .lines()
          .filter(line -> line.startsWith("Uid:"))
          .map(line -> Long.parseLong(line.split("\\s+", -1)[2]))
          .findFirst()
          .orElse(-1L);
    } catch (IOException e) {
      return -1;
    }
  }
}
