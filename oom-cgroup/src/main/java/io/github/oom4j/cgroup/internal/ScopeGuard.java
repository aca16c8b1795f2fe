package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A shell in a scope of systemd, beside the box. It keeps the scope when the command has ended, so
 * that the box can still be read; and when this JVM has died it kills and removes the box. It waits
 * for the end of a pipe, its latch, which comes when the JVM closes it or dies. It may outlive its
 * box by a second, with the scope, for the next box. Not thread-safe.
 */
final class ScopeGuard implements AutoCloseable {

  private static final int SECONDS_TO_EXIT = 5;

  private static final Idle<ScopeGuard> IDLE = new Idle<>(ScopeGuard::close);

  /**
   * The shell, whichever kind it is of.
   *
   * @param report where it answers
   * @param alive whether it lives
   */
  record Shell(long pid, ShellReport report, BooleanSupplier alive) {}

  private final Shell shell;
  private final OutputStream latch;
  private final Optional<Process> child;
  private Optional<?> kind = Optional.empty();
  private Optional<Path> scope = Optional.empty();

  private ScopeGuard(Shell shell, OutputStream latch, Optional<Process> child) {
    this.shell = shell;
    this.latch = latch;
    this.child = child;
    shell.report().listenTo(name());
  }

  private String name() {
    return "scope-" + shell.pid();
  }

  /** One that is out of use, in a scope of that kind, which now guards a box of that name there. */
  static Optional<ScopeGuard> take(Object kind, String box) {
    while (true) {
      Optional<ScopeGuard> idle = IDLE.take(guard -> guard.kind.filter(kind::equals).isPresent());
      if (idle.isEmpty() || idle.get().watch(box)) {
        return idle;
      }
      idle.get().close();
    }
  }

  /**
   * Forks one from the guard of this JVM, or starts one where that can't fork.
   *
   * @throws LaunchException if that fails
   */
  static ScopeGuard start() {
    Optional<Shell> forked = JvmGuard.fork();
    return forked.isPresent() ? ofForked(forked.get()) : ofProcess();
  }

  private static ScopeGuard ofForked(Shell shell) {
    OutputStream latch = OutputStream.nullOutputStream();
    try {
      latch = new FileOutputStream("/proc/" + shell.pid() + "/fd/3");
      latch.write('\n'); // from now on the end of the pipe is ours to give
      return new ScopeGuard(shell, latch, Optional.empty());
    } catch (IOException e) {
      close(latch);
      JvmGuard.end(shell.pid());
      throw new LaunchException("could not reach the guard of a scope: " + e.getMessage(), e);
    }
  }

  /** As {@link #start()}, of the second kind. */
  static ScopeGuard ofProcess() {
    try {
      Process process =
          JvmGuard.shell(Optional.empty(), GuardScripts.OF_SCOPE)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      ShellReport report = ShellReport.of(process);
      Shell shell = new Shell(process.pid(), report, process::isAlive);
      return new ScopeGuard(shell, process.getOutputStream(), Optional.of(process));
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of a scope: " + e.getMessage(), e);
    }
  }

  /** Tells it in which scope it is, and of what kind that is, if others may use it. */
  void scopeIs(Optional<?> kind, Path directory) {
    this.kind = kind;
    scope = Optional.of(directory);
  }

  /** The directory of the scope in which it is. */
  Path scope() {
    return scope.orElseThrow();
  }

  /**
   * Tells it what to kill and remove when this JVM dies.
   *
   * @param box the name of a box in its scope, which need not exist yet
   * @return false if it is dead, or the scope is being stopped
   */
  boolean watch(String box) {
    try {
      latch.write(JvmGuard.line(scope().resolve(box)));
      latch.flush();
    } catch (IOException e) {
      return false;
    }
    return shell
        .report()
        .await(name(), any -> true, shell.alive(), ShellReport.PATIENCE)
        .filter(JvmGuard.GUARDED::equals)
        .isPresent();
  }

  long pid() {
    return shell.pid();
  }

  /** Ends the guard, at once or, if another box may have use for its scope, a second later. */
  void release() {
    if (kind.isPresent()) {
      IDLE.keep(this);
    } else {
      close();
    }
  }

  /**
   * Ends the guard. One that is our child may first try to remove the box, if that still exists,
   * and is waited for some seconds. Does not heed interrupts. Idempotent.
   */
  @Override
  public void close() {
    if (child.isEmpty()) {
      // Before it learns of its end, which it would take for that of the JVM.
      JvmGuard.end(shell.pid());
    }
    close(latch);
    child.ifPresent(process -> Patience.awaitExit(process, SECONDS_TO_EXIT, TimeUnit.SECONDS));
    if (child.isPresent()) {
      shell.report().closeAfterLast(name());
    } else {
      shell.report().ignore(name());
    }
  }

  private static void close(OutputStream latch) {
    try {
      latch.close();
    } catch (IOException e) {
      // It died before; nothing is left to tell it.
    }
  }
}
