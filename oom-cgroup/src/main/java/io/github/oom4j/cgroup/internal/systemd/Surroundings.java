package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.Privileges;
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

  /** Without /proc nobody is root. */
  private static long effectiveUid() {
    try {
      return Privileges.effectiveUid();
    } catch (OomException e) {
      return -1;
    }
  }
}
