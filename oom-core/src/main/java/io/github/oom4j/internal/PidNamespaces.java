package io.github.oom4j.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which processes a /proc shows: pid_namespaces(7). */
public final class PidNamespaces {

  /** include/linux/proc_ns.h: PROC_PID_INIT_INO, the same on every kernel. */
  private static final String INITIAL = "pid:[4026531836]";

  private PidNamespaces() {}

  /**
   * Whether this process is in the machine's own PID namespace, so that PID 1 is the machine's init
   * and every process is seen. In a container PID 1 is an ordinary process to the kernel.
   *
   * @param proc where proc is mounted
   * @return true also if the kernel has no such namespaces, or the tree is a captured one
   */
  public static boolean isInitial(Path proc) {
    try {
      return Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString().equals(INITIAL);
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return true;
    }
  }
}
