package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A shell in a scope of systemd, beside the box. It keeps the scope when the command has ended, so
 * that the box can still be read; and when this JVM has died it kills and removes the box. It waits
 * for the end of a pipe, its latch, which comes when the JVM closes it or dies.
 */
final class ScopeGuard implements AutoCloseable {

  private static final int SECONDS_TO_EXIT = 5;

  private static final String SCRIPT =
      "trap '' HUP INT QUIT TERM\n"
          + JvmGuard.REMOVE
          + """
          box=
          while IFS= read -r line; do
            box=$line
          done
          if [ -n "$box" ]; then remove "$box" 2>/dev/null; fi
          """;

  private final long pid;
  private final OutputStream latch;
  private final Optional<Process> child;

  private ScopeGuard(long pid, OutputStream latch, Optional<Process> child) {
    this.pid = pid;
    this.latch = latch;
    this.child = child;
  }

  /**
   * Forks one from the guard of this JVM.
   *
   * @return a guard without the pipes of a gate, or empty if {@code /bin/sh} can't do it
   * @throws LaunchException if that fails
   */
  static Optional<ScopeGuard> fork() {
    OptionalLong forked = JvmGuard.fork();
    if (forked.isEmpty()) {
      return Optional.empty();
    }
    long pid = forked.getAsLong();
    try {
      OutputStream latch = new FileOutputStream("/proc/" + pid + "/fd/3");
      latch.write('\n'); // from now on the end of the pipe is ours to give
      return Optional.of(new ScopeGuard(pid, latch, Optional.empty()));
    } catch (IOException e) {
      JvmGuard.end(pid);
      throw new LaunchException("could not reach the guard of a scope: " + e.getMessage(), e);
    }
  }

  /**
   * Starts one as a process of its own. Its standard output and its standard error are the pipes of
   * a gate.
   *
   * @throws LaunchException if it can't be started
   */
  static ScopeGuard start() {
    try {
      Process process = JvmGuard.shell(Optional.empty(), SCRIPT).start();
      return new ScopeGuard(process.pid(), process.getOutputStream(), Optional.of(process));
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of a scope: " + e.getMessage(), e);
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
   * Ends the guard. One that is our child may first try to remove the box, if that still exists,
   * and is waited for some seconds. Does not heed interrupts. Idempotent.
   */
  @Override
  public void close() {
    if (child.isEmpty()) {
      // Before it learns of its end, which it would take for that of the JVM.
      JvmGuard.end(pid);
    }
    try {
      latch.close();
    } catch (IOException e) {
      // It died before; nothing is left to tell it.
    }
    child.ifPresent(process -> Patience.awaitExit(process, SECONDS_TO_EXIT, TimeUnit.SECONDS));
  }
}
