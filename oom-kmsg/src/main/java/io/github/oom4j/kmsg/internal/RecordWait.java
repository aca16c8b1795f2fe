package io.github.oom4j.kmsg.internal;

import java.util.List;

/** Waits for records of many sources of one kind. Used by one thread, but for {@link #wakeUp()}. */
public interface RecordWait extends AutoCloseable {

  /**
   * Waits until one of the sources may have a record, without waking up in between.
   *
   * @param sources all made by the same kind of source as this
   * @param timeoutMillis how long to wait at most; -1 for ever
   */
  void await(List<? extends RecordSource> sources, int timeoutMillis);

  /** Ends a wait, now or the next. Any thread may call it, also after this is closed. */
  void wakeUp();

  @Override
  void close();
}
