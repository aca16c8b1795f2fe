package io.github.oom4j.junit;

import io.github.oom4j.cgroup.ScopedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a test started through what was injected into it; ended with the test. Thread-safe. */
final class StartedProcesses implements Consumer<ScopedProcess>, AutoCloseable {

  /** Of the first so many boxes, so that a test that starts thousands stays light. */
  private static final int RECORDED = 16;

  private final List<ScopedProcess> started = new ArrayList<>();
  private final List<Recording> recordings = new ArrayList<>();
  private boolean closed;

  @Override
  public synchronized void accept(ScopedProcess job) {
    if (closed) {
      throw new IllegalStateException(
          "the test that this MemoryScope was injected into is over; what it starts now would"
              + " outlive it, and was killed");
    }
    started.add(job);
    if (recordings.size() < RECORDED) {
      recordings.add(Recording.of(job));
    }
  }

  /** Ends the recordings, draws them, and tells the files. */
  List<String> draw(TestTimeline timeline) {
    List<Recording> ended;
    synchronized (this) {
      ended = List.copyOf(recordings);
    }
    List<String> files = new ArrayList<>();
    for (Recording recording : ended) {
      files.add(recording.write(timeline.numbered(files.size() + 1)));
    }
    return files;
  }

  /** Kills and removes all, the last first; what one does not let go of does not save the next. */
  @Override
  public void close() {
    List<ScopedProcess> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(started);
      started.clear();
    }
    @Nullable RuntimeException failure = null;
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
