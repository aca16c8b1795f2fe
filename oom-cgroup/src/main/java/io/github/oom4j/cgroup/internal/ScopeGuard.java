package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import io.github.oom4j.internal.KernelFile;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A shell in a scope of systemd, beside the box. It keeps the scope when the command has ended, so
 * that the box can still be read; and when this JVM has died it kills and removes the box. It waits
 * for the end of its standard input, which comes when the JVM closes it or dies.
 */
final class ScopeGuard implements AutoCloseable {

  private static final int SECONDS_TO_EXIT = 5;

  static final String SCRIPT =
      "trap '' HUP INT QUIT TERM\n"
          + JvmGuard.REMOVE
          + """
          box=
          while IFS= read -r line; do
            box=$line
          done
          [ -z "$box" ] || remove "$box" 2>/dev/null
          """;

  /** The last guard that was nobody's child when it ended; 0 if there was none. */
  private static volatile long lastOrphan;

  private final long pid;
  private final OutputStream latch;
  private final Optional<Process> child;

  private ScopeGuard(long pid, OutputStream latch, Optional<Process> child) {
    this.pid = pid;
    this.latch = latch;
    this.child = child;
  }

  /**
   * Starts a guard as a process of its own. Its standard output and its standard error are the
   * pipes of a gate.
   *
   * @throws LaunchException if it can't be started
   */
  static ScopeGuard start() {
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", SCRIPT, "oom4j-guard");
    builder.directory(new File("/"));
    builder.environment().clear();
    builder.environment().put("PATH", JvmGuard.path());
    try {
      Process process = builder.start();
      return new ScopeGuard(process.pid(), process.getOutputStream(), Optional.of(process));
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of a scope: " + e.getMessage(), e);
    }
  }

  /** A guard that a gate has forked, and that waits for the end of what we hold the latch of. */
  static ScopeGuard orphan(long pid, OutputStream latch) {
    return new ScopeGuard(pid, latch, Optional.empty());
  }

  /**
   * Whether a guard that is nobody's child would not be waited for when it ends. That is so if this
   * JVM is the init of its PID namespace, and where that init, {@code sleep} for example, waits for
   * nobody; then the last one is a zombie still.
   */
  static boolean wouldStayAsZombie() {
    return ProcessHandle.current().pid() == 1 || isZombie(lastOrphan);
  }

  private static boolean isZombie(long pid) {
    try {
      return pid != 0 && KernelFile.readText(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }

  /** The pipe on which a gate reports to us. */
  InputStream report() {
    return child.orElseThrow().getInputStream();
  }

  /** The pipe on which a gate waits for us. Its writing end is our guard's, and ends with it. */
  OutputStream go() throws IOException {
    return new FileOutputStream("/proc/" + pid + "/fd/2");
  }

  /**
   * Tells it what to kill and remove when this JVM dies. The box need not exist yet.
   *
   * @throws LaunchException if the guard is dead
   */
  void watch(Path box) {
    try {
      latch.write(JvmGuard.line(box));
      latch.flush();
    } catch (IOException e) {
      throw new LaunchException("the guard of a scope died: " + e.getMessage(), e);
    }
  }

  long pid() {
    return pid;
  }

  /**
   * Lets the guard end. If the box still exists, it first goes on trying to remove it, for a minute
   * at most. One that is our child is waited for, but not that long. Does not heed interrupts.
   * Idempotent.
   */
  @Override
  public void close() {
    try {
      latch.close();
    } catch (IOException e) {
      // It died before; nothing is left to tell it.
    }
    if (child.isPresent()) {
      Patience.awaitExit(child.get(), SECONDS_TO_EXIT, TimeUnit.SECONDS);
    } else {
      lastOrphan = pid;
    }
  }
}
