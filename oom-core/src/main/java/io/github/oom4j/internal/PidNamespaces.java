package io.github.oom4j.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which processes a /proc shows: pid_namespaces(7). */
public final class PidNamespaces {

  /** {@code PROC_PID_INIT_INO} of include/linux/proc_ns.h, the same on every kernel since 3.8. */
  private static final String INITIAL = "pid:[4026531836]";

  private PidNamespaces() {}

  /**
   * Whether this process is in the machine's own PID namespace, so that PID 1 is the machine's init
   * and every process is seen. In a container PID 1 is an ordinary process to the kernel.
   *
   * @param proc where proc is mounted
   * @return whether it is, or empty if the kernel has no such namespaces, or the tree is a captured
   *     one
   */
  public static Optional<Boolean> isInitial(Path proc) {
    try {
      Path namespace = Files.readSymbolicLink(proc.resolve("self/ns/pid"));
      return Optional.of(namespace.toString().equals(INITIAL));
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return Optional.empty();
    }
  }
}
