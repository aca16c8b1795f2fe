package io.github.oom4j.cgroup.internal.events;

import io.github.oom4j.OomException;
import java.util.Optional;

/**
 * A kernel file that is held open and tells of changes. Used by one thread at a time: by its
 * opener, and from {@link Watch#start} on by the event thread alone.
 */
public interface EventFile {

  /**
   * Reads the whole of it, as it is now. A change from then on makes it ready again.
   *
   * @return its bytes; empty if what it told of is gone, for good
   * @throws OomException if it can't be read for another reason
   */
  Optional<byte[]> read();

  /** Gives the descriptor back. Idempotent. */
  void close();
}
