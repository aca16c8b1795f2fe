package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Sees to it that a box does not outlive this JVM, however that ends: the {@link JvmGuard} kills
 * and removes what is left of it, and so does the {@link ScopeGuard} where there is one. The first
 * runs in the JVM's cgroup, but in a session of its own; the second in the JVM's session, but in
 * the scope. So neither a signal to the JVM's process group nor one to its cgroup gets both. Not
 * thread-safe.
 */
public final class Guard implements AutoCloseable {

  private final Optional<ScopeGuard> ofScope;
  private Optional<Path> box = Optional.empty();

  Guard(Optional<ScopeGuard> ofScope) {
    this.ofScope = ofScope;
  }

  /**
   * Tells it what to kill and remove when this JVM dies. The box need not exist yet. Call it once.
   *
   * @param box the box's directory
   * @throws LaunchException if there is no guard to be had
   */
  public void watch(Path box) {
    this.box = Optional.of(box);
    JvmGuard.watch(box);
    ofScope.ifPresent(guard -> guard.watch(box));
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
   * The guard that runs in the scope.
   *
   * @return its PID
   * @throws java.util.NoSuchElementException if the gate was started without one
   */
  public long pidInScope() {
    return ofScope.orElseThrow().pid();
  }

  /**
   * Lets go of the box. If that still exists, they go on trying to remove it, for a minute at most.
   * Does not heed interrupts. Idempotent.
   */
  @Override
  public void close() {
    ofScope.ifPresent(ScopeGuard::close);
    box.ifPresent(JvmGuard::forget);
  }
}
