package io.github.oom4j.cgroup;

import java.nio.file.Path;
import java.time.Duration;

/** A cgroup that was made to hold one command. Closing lets go of what only its launch needs. */
interface Box extends AutoCloseable {

  /** The directory of the cgroup that has the limits and holds the command. */
  Path cgroup();

  /** A part of the cgroup's path that names this box, as the kernel's log shows it. */
  String name();

  @Override
  default void close() {}

  /**
   * Waits until whoever else had a hand in the box has cleaned up behind it. The cgroup is gone and
   * the guard has ended.
   *
   * @param patience how long to wait at most; what is late is not an error
   */
  default void awaitRemoval(Duration patience) {}

  /** A box that is a cgroup made by this JVM, and nothing else. */
  record Plain(Path cgroup) implements Box {
    @Override
    public String name() {
      return cgroup.getFileName().toString();
    }
  }
}
