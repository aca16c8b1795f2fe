package io.github.oom4j.kmsg;

import io.github.oom4j.kmsg.internal.RecordSource;
import io.github.oom4j.kmsg.internal.RecordWait;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that reads a log for all watches of it: starts with the first, ends with the last, and
 * sleeps in the kernel while there is nothing to read. Thread-safe.
 */
final class LogReader {

  /** How long to wait for the thread to let go of a watch while it is at work for another. */
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(8);

  /** The same while it sleeps, so that only the scheduler can be late. */
  private static final long LONGEST_PATIENCE = TimeUnit.SECONDS.toNanos(1);

  private final List<Subscription> subscriptions = new ArrayList<>();
  private @Nullable RecordWait wait;
  private @Nullable Thread thread;
  private volatile boolean atWork;

  synchronized void add(Subscription subscription) {
    RecordWait current = wait;
    if (current == null) {
      RecordWait newWait = subscription.source().newWait();
      Thread newThread = new Thread(() -> run(newWait), "oom4j-kmsg");
      newThread.setDaemon(true);
      subscriptions.add(subscription);
      wait = newWait;
      thread = newThread;
      newThread.start();
    } else {
      subscriptions.add(subscription);
      current.wakeUp();
    }
  }

  private void run(RecordWait myWait) {
    try (myWait) {
      for (List<Subscription> all = current(); !all.isEmpty(); all = current()) {
        boolean more = false;
        atWork = true;
        for (Subscription subscription : all) {
          more |= !subscription.hasEnded() && subscription.step();
        }
        atWork = false;
        if (!more) {
          sleep(myWait, all);
        }
      }
    }
  }

  private static void sleep(RecordWait wait, List<Subscription> all) {
    int timeout = -1;
    List<RecordSource> sources = new ArrayList<>();
    for (Subscription subscription : all) {
      int patience = subscription.patience();
      timeout = patience >= 0 && (timeout < 0 || patience < timeout) ? patience : timeout;
      sources.add(subscription.source());
    }
    try {
      wait.await(sources, timeout);
      all.forEach(Subscription::wakeUp);
    } catch (RuntimeException | Error e) {
      all.forEach(subscription -> subscription.fail(e));
    }
  }

  /** Those that go on; the others are let go of. */
  private synchronized List<Subscription> current() {
    subscriptions.removeIf(
        subscription -> {
          if (subscription.hasEnded()) {
            subscription.source().close();
          }
          return subscription.hasEnded();
        });
    if (subscriptions.isEmpty()) {
      wait = null;
      thread = null;
    }
    notifyAll();
    return List.copyOf(subscriptions);
  }

  /** Whether the caller is the reading thread, that is, in a listener. */
  synchronized boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Lets go of a subscription that has ended; waits for that, unless the thread is busy. */
  void release(Subscription subscription) {
    Thread last = null;
    try {
      synchronized (this) {
        RecordWait current = wait;
        Thread reader = thread;
        if (current == null || reader == null) {
          return;
        }
        current.wakeUp();
        if (reader == Thread.currentThread()) {
          return;
        }
        long start = System.nanoTime();
        while (subscriptions.contains(subscription)) {
          long waited = System.nanoTime() - start;
          if (waited > (atWork ? PATIENCE : LONGEST_PATIENCE)) {
            return;
          }
          wait(1);
        }
        last = reader == thread ? null : reader;
      }
      if (last != null) {
        last.join(LONGEST_PATIENCE / 1_000_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
