package io.github.oom4j.cgroup.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Things out of use that are dear to make: each is kept for a second, for the next who wants one.
 * Thread-safe.
 *
 * @param <T> what is kept
 */
public final class Idle<T> {

  /** Not in the common pool: who fills that must not keep scopes of systemd alive. */
  static final Executor LATER =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Idle::startThread);

  private final Consumer<? super T> end;
  private final Deque<Kept<T>> all = new ArrayDeque<>(); // guarded by this, the newest first

  /**
   * Of which no two are equal, unlike records: a thing can be kept again before its second ends.
   */
  private static final class Kept<T> {
    private final T thing;

    Kept(T thing) {
      this.thing = thing;
    }
  }

  /**
   * Keeps nothing yet.
   *
   * @param end ends a thing that nobody wanted for a second
   */
  public Idle(Consumer<? super T> end) {
    this.end = end;
  }

  /**
   * Takes the one that was kept last of those that will do. It is the caller's now.
   *
   * @param wanted whether a thing will do
   * @return the thing, or empty if there is none
   */
  public synchronized Optional<T> take(Predicate<? super T> wanted) {
    for (Iterator<Kept<T>> each = all.iterator(); each.hasNext(); ) {
      T thing = each.next().thing;
      if (wanted.test(thing)) {
        each.remove();
        return Optional.of(thing);
      }
    }
    return Optional.empty();
  }

  /**
   * Keeps a thing for a second.
   *
   * @param unused the thing, which is the caller's no more
   */
  public void keep(T unused) {
    Kept<T> kept = new Kept<>(unused);
    synchronized (this) {
      all.addFirst(kept);
    }
    try {
      LATER.execute(() -> endIfStillThere(kept));
    } catch (RuntimeException | Error e) {
      endIfStillThere(kept); // as nobody would
      throw e;
    }
  }

  /** Runs it on a daemon thread of its own. */
  static void startThread(Runnable task) {
    Thread thread = new Thread(task, "oom4j-idle");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      task.run(); // no thread to be had: on that of the JDK's clock, rather than never
    }
  }

  private void endIfStillThere(Kept<T> kept) {
    boolean unwanted;
    synchronized (this) {
      unwanted = all.remove(kept);
    }
    if (unwanted) {
      end.accept(kept.thing);
    }
  }
}
