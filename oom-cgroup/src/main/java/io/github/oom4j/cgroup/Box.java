package io.github.oom4j.cgroup;

import io.github.oom4j.cgroup.internal.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A cgroup that was made to hold one command.
 *
 * @param cgroup its directory, which has the limits and whose name nothing else ever had
 * @param lastOfScope the scope that systemd is to forget before the box counts as closed, because
 *     somebody may want to use the unit's name again
 */
record Box(Path cgroup, Optional<Path> lastOfScope) {

  /** The part of the cgroup's path that names this box, as the kernel's log shows it. */
  String name() {
    return cgroup.getFileName().toString();
  }

  /**
   * Waits until systemd has cleaned up behind the box: it takes it some milliseconds to see that a
   * scope is empty. The cgroup is gone and the guard has ended.
   *
   * @param patience how long to wait at most; what is late is not an error
   */
  void awaitRemoval(Duration patience) {
    lastOfScope.ifPresent(scope -> Patience.until(() -> !Files.exists(scope), patience));
  }
}
