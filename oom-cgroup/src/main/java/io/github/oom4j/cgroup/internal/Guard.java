package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Sees to it that a box does not outlive this JVM, however that ends: the {@link JvmGuard} kills
 * and removes what is left of it, and so does the {@link ScopeGuard} where there is one. The first
 * runs in the JVM's cgroup, but in a session of its own; the second in the JVM's session, but in
 * the scope. So neither a signal to the JVM's process group nor one to its cgroup gets both. Not
 * thread-safe.
 */
public final class Guard implements AutoCloseable {

  private Optional<ScopeGuard> ofScope = Optional.empty();
  private Optional<Path> box = Optional.empty();

  /**
   * Tells it what to kill and remove when this JVM dies. The box need not exist yet. Call it once.
   *
   * @param box the box's directory
   * @throws LaunchException if there is no guard to be had
   */
  public void watch(Path box) {
    this.box = Optional.of(box);
    JvmGuard.watch(box);
  }

  /**
   * What it kills and removes when this JVM dies.
   *
   * @return the box's directory, or empty if it was not told yet
   */
  public Optional<Path> watched() {
    return box;
  }

  /**
   * As {@link #watch}, of a box that is to be in a scope, with a guard that is in the scope too. If
   * a box of this JVM was closed within the last second, and its scope was of the same kind and
   * nobody has stopped it, then its guard becomes that of this box, in that scope.
   *
   * @param kind what tells whether another scope will do, or empty if it has to be a new one
   * @param name the box's name
   * @param start starts a scope around the process of that PID, and returns its directory
   * @return the box's directory
   * @throws LaunchException if there is no guard to be had
   */
  public Path watchInScope(Optional<?> kind, String name, LongFunction<Path> start) {
    ofScope = kind.flatMap(known -> ScopeGuard.take(known, name));
    if (ofScope.isEmpty()) {
      ScopeGuard guard = ScopeGuard.start();
      ofScope = Optional.of(guard);
      guard.scopeIs(kind, start.apply(guard.pid()));
      if (!guard.watch(name)) {
        throw new LaunchException("the guard of a scope died, or the scope was stopped");
      }
    }
    Path directory = ofScope.get().scope().resolve(name);
    box = Optional.of(directory);
    JvmGuard.watch(directory);
    return directory;
  }

  /**
   * The guard in the scope.
   *
   * @return its PID
   * @throws java.util.NoSuchElementException if there is none
   */
  public long pidInScope() {
    return ofScope.orElseThrow().pid();
  }

  /**
   * Lets go of a box that is gone. Its scope, if it is of a kind, stays for a second in case
   * another box of that kind is made. Does not heed interrupts. Idempotent.
   */
  public void release() {
    end(ScopeGuard::release);
  }

  /**
   * Lets go of the box. If that still exists, they go on trying to remove it, for a minute at most.
   * Does not heed interrupts. Idempotent.
   */
  @Override
  public void close() {
    end(ScopeGuard::close);
  }

  /** A scope that was let go of is another box's. */
  private void end(Consumer<ScopeGuard> how) {
    Optional<ScopeGuard> mine = ofScope;
    ofScope = Optional.empty();
    try {
      mine.ifPresent(how);
    } finally {
      box.ifPresent(JvmGuard::forget);
    }
  }
}
