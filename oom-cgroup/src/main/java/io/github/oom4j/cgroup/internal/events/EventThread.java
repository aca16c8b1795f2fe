package io.github.oom4j.cgroup.internal.events;

import io.github.oom4j.KernelIoException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that waits for all files that are watched, and tells all listeners. Started with
 * the first watch, it ends with the last. It alone polls and closes their descriptors: one that is
 * closed under a poll may already be another file's.
 */
final class EventThread {

  private static final String NAME = "oom4j-events";
  private static final long PATIENCE_MILLIS = 1000;

  private static final Object LOCK = new Object();

  /** The one that takes new watches. Guarded by LOCK. */
  private static @Nullable EventThread current;

  private final Poller poller;
  private final Thread thread;
  private final List<Watch<?>> added = new ArrayList<>(); // guarded by LOCK
  private volatile boolean stopped; // written under LOCK

  // Of the thread itself.
  private final List<Watch<?>> watches = new ArrayList<>();
  private List<EventFile> files = List.of();

  private EventThread(Poller poller) {
    this.poller = poller;
    // Without what the first caller's thread would hand down: class loader, thread locals.
    this.thread = new Thread(null, this::run, NAME, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
  }

  /** Hands a watch with an open file over to the thread. */
  static EventThread add(Watch<?> watch) {
    synchronized (LOCK) {
      EventThread running = current;
      if (running == null) {
        running = started(FileEvents.here().newPoller());
        current = running;
      }
      running.added.add(watch);
      running.poller.wakeUp();
      return running;
    }
  }

  private static EventThread started(Poller poller) {
    EventThread fresh = new EventThread(poller);
    try {
      fresh.thread.start();
      return fresh;
    } catch (Throwable e) {
      // OutOfMemoryError: no more threads.
      poller.close();
      throw e;
    }
  }

  private void run() {
    try {
      while (takeAndDrop()) {
        BitSet ready = poller.await(files);
        for (int i = ready.nextSetBit(0); i >= 0; i = ready.nextSetBit(i + 1)) {
          watches.get(i).check();
        }
      }
    } catch (Throwable e) {
      abandon(e);
    }
  }

  /** Returns false if there is nothing to wait for any more. */
  private boolean takeAndDrop() {
    boolean changed;
    synchronized (LOCK) {
      changed = watches.addAll(added);
      added.clear();
    }
    List<Watch<?>> over = new ArrayList<>();
    for (Iterator<Watch<?>> all = watches.iterator(); all.hasNext(); ) {
      Watch<?> watch = all.next();
      if (watch.isOver()) {
        all.remove();
        watch.file().close();
        over.add(watch);
      }
    }
    if (changed || !over.isEmpty()) {
      files = watches.stream().<EventFile>map(Watch::file).toList();
    }
    boolean stop = watches.isEmpty() && stop();
    over.forEach(Watch::end);
    return !stop;
  }

  private boolean stop() {
    synchronized (LOCK) {
      if (!added.isEmpty()) {
        return false;
      }
      current = null;
      stopped = true;
      poller.close();
      return true;
    }
  }

  /** Nobody shall wait for events that nobody waits for. */
  private void abandon(Throwable cause) {
    synchronized (LOCK) {
      if (current == this) {
        current = null;
      }
      stopped = true;
      poller.close();
      watches.addAll(added);
      added.clear();
    }
    for (Watch<?> watch : watches) {
      watch.fail(new KernelIoException("the thread " + NAME + " has ended: " + cause, cause));
      watch.file().close();
    }
    watches.forEach(Watch::end);
  }

  /** Waits until a closed watch was dropped; after the last, until the thread has ended. */
  void awaitEnd(CompletableFuture<?> ended) {
    poller.wakeUp();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      ended.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (stopped) {
        thread.join(PATIENCE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // A listener is still busy; it is not called again.
    }
  }
}
