package io.github.oom4j.cgroup.internal.systemd;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to a manager open for a second after its last use, since to accept one costs
 * systemd as much as to start a scope. Thread-safe.
 */
final class IdleLink {

  /** On daemon threads of the JDK. */
  private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private @Nullable ManagerLink link; // guarded by this
  private long uses; // guarded by this

  /** The connection, if there is one; it is the caller's now. */
  synchronized Optional<ManagerLink> take() {
    ManagerLink taken = link;
    link = null;
    return Optional.ofNullable(taken);
  }

  /** Takes a connection that nobody uses any more. */
  void keep(ManagerLink unused) {
    ManagerLink other;
    synchronized (this) {
      other = link;
      link = unused;
      long use = ++uses;
      LATER.execute(() -> closeIfUnusedSince(use));
    }
    if (other != null) {
      other.close();
    }
  }

  private synchronized void closeIfUnusedSince(long use) {
    if (use == uses && link != null) {
      link.close();
      link = null;
    }
  }
}
