package io.github.oom4j.kmsg;

import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.kmsg.internal.Journalctl;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running watch of the journal, started by {@link KernelJournal#watch}. Close it to stop.
 * Thread-safe.
 */
public final class KernelJournalWatch implements AutoCloseable {

  private static final Logger LOG = System.getLogger(KernelJournalWatch.class.getName());

  /**
   * How long a kill is held back for the line that calls it a group's: journald reads in bursts.
   */
  private static final int HOLD_MILLIS = 200;

  private final Journalctl journal;
  private final Consumer<? super OomKillEvent> listener;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable OomException failure;

  private KernelJournalWatch(Journalctl journal, Consumer<? super OomKillEvent> listener) {
    this.journal = journal;
    this.listener = listener;
    this.thread = new Thread(this::run, "oom4j-journal");
    thread.setDaemon(true);
  }

  static KernelJournalWatch start(Journalctl journal, Consumer<? super OomKillEvent> listener) {
    KernelJournalWatch watch = new KernelJournalWatch(journal, listener);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try (journal) {
      follow();
    } catch (OomException e) {
      if (!closed) {
        failure = e;
        LOG.log(Level.DEBUG, "the watch of the journal has ended", e);
      }
    }
  }

  private void follow() {
    ReportReader reports = new ReportReader();
    while (!closed) {
      Optional<String> entry = journal.read(reports.isHolding() ? HOLD_MILLIS : -1);
      if (entry.isPresent()) {
        KernelJournal.accept(entry.get(), reports);
      } else {
        reports.flush();
      }
      deliver(OomKillParser.kills(reports.take().stream()).toList());
      if (entry.isEmpty() && journal.hasEnded()) {
        return;
      }
    }
  }

  private void deliver(List<OomKillEvent> kills) {
    for (OomKillEvent kill : kills) {
      if (closed) {
        return;
      }
      try {
        listener.accept(kill);
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "a listener of the journal failed", e);
      }
    }
  }

  /**
   * Why the watch ended by itself, if it did: journalctl failed.
   *
   * @return the failure; empty while the watch runs, and after {@link #close()}
   */
  public Optional<OomException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Stops the watch and ends its journalctl. When this returns, the thread has ended and the
   * listener is not called again; except that it does not wait longer than a second for a listener
   * that is still busy. May be called from any thread, the listener's too, and more than once.
   */
  @Override
  public void close() {
    closed = true;
    journal.stop();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
