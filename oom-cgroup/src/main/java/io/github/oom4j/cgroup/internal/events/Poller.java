package io.github.oom4j.cgroup.internal.events;

import io.github.oom4j.OomException;
import java.util.BitSet;
import java.util.List;

/**
 * Waits for changes of many files at once. {@link #wakeUp()} is for any thread, the rest for one.
 */
interface Poller {

  /**
   * Waits until a file is ready to be read, or until a wake-up.
   *
   * @param files what to wait for; the same list as before if nothing came or went
   * @return which of them to read; maybe none, maybe more than changed
   * @throws OomException if that can't be done
   */
  BitSet await(List<EventFile> files);

  /** Ends the wait that goes on, or else the next. Does nothing after {@link #close()}. */
  void wakeUp();

  /** Gives its descriptors back. */
  void close();
}
