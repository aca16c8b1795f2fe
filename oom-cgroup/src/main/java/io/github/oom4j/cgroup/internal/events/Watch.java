package io.github.oom4j.cgroup.internal.events;

import io.github.oom4j.OomException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A file that is watched: the values that were in it, told to a listener by the event thread.
 *
 * @param <T> what is in the file; equal values are not told again
 */
public final class Watch<T> {

  /**
   * Hears of values.
   *
   * @param <T> what is in the file
   */
  public interface Listener<T> {

    /**
     * The value is another now.
     *
     * @param before what was told last, or what it was at the start; empty if that is not known
     * @param now what it is
     */
    void changed(Optional<T> before, T now);
  }

  private static final Logger LOG = System.getLogger(Watch.class.getName());

  private final EventFile file;
  private final Function<byte[], T> parser;
  private final Listener<T> listener;
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile @Nullable OomException failure;

  // Of the event thread.
  private Optional<T> last;
  private boolean removed;

  // Set once, by EventThread.add.
  private @Nullable EventThread thread;

  private Watch(
      EventFile file, Optional<T> first, Function<byte[], T> parser, Listener<T> listener) {
    this.file = file;
    this.last = first;
    this.parser = parser;
    this.listener = listener;
  }

  /**
   * Starts to watch a file, on the event thread, which is started if it is the first.
   *
   * @param file an open file; from now on it is closed here, also if this fails
   * @param first the value so far; if empty, that which the file has now is told
   * @param parser reads the bytes of the file; may throw an {@link OomException}, which ends the
   *     watch
   * @param listener hears of values
   * @param <T> what is in the file
   * @return the watch, to be closed
   * @throws OomException if the process has no descriptor left
   */
  public static <T> Watch<T> start(
      EventFile file, Optional<T> first, Function<byte[], T> parser, Listener<T> listener) {
    Watch<T> watch = new Watch<>(file, first, parser, listener);
    boolean started = false;
    try {
      watch.thread = EventThread.add(watch);
      started = true;
      return watch;
    } finally {
      if (!started) {
        file.close();
      }
    }
  }

  /** Reads the file and tells of what is new in it. Only for the event thread. */
  void check() {
    try {
      Optional<byte[]> text = file.read();
      if (text.isPresent()) {
        tell(parser.apply(text.get()));
      } else {
        removed = true;
      }
    } catch (OomException e) {
      failure = e;
      LOG.log(Level.DEBUG, "a watch has ended", e);
    }
  }

  private void tell(T now) {
    Optional<T> before = last;
    if (closed || before.filter(now::equals).isPresent()) {
      return;
    }
    last = Optional.of(now);
    try {
      listener.changed(before, now);
    } catch (Throwable e) {
      // Even an Error: the thread belongs to all listeners of this JVM.
      LOG.log(Level.DEBUG, "a listener failed", e);
    }
  }

  EventFile file() {
    return file;
  }

  /** Whether it is to be dropped. */
  boolean isOver() {
    return closed || removed || failure != null;
  }

  /** Tells that it was dropped: nothing is told any more, and the file is closed. */
  void end() {
    ended.complete(removed && !closed);
  }

  /** Ends it together with the event thread. */
  void fail(OomException e) {
    failure = e;
  }

  /**
   * Completed when nothing is told any more and the file is closed.
   *
   * @return a new future: true if the file was removed, false if the watch was closed or failed
   */
  public CompletableFuture<Boolean> ended() {
    return ended.copy();
  }

  /**
   * Why it ended by itself, if it was not for the removal of the file.
   *
   * @return the failure; empty while it goes on
   */
  public Optional<OomException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Ends it. Waits until the listener is not running any more, for a second at most, and not if it
   * is called by a listener. Idempotent.
   */
  public void close() {
    closed = true;
    EventThread owner = thread;
    if (owner != null) {
      owner.awaitEnd(ended);
    }
  }
}
