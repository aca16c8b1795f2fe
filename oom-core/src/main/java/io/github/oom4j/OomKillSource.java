package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Where the kernel's own records of OOM kills come from. This is how {@code oom-cgroup} quotes the
 * kernel in its verdicts without knowing {@code oom-kmsg}: that module provides an implementation,
 * found with {@link ServiceLoader} when it is on the path.
 *
 * <p>Implementations are thread-safe.
 */
public interface OomKillSource {

  /**
   * The OOM kills that the kernel still remembers, oldest first. Reads now and returns at once;
   * nothing stays open.
   *
   * @return the kills, possibly none
   * @throws OomException if the source can't be read here; the message says what would make it
   *     readable
   */
  List<OomKillEvent> recentKills();

  /**
   * The first source on the class or module path.
   *
   * @return the source, or empty if no module on the path provides one
   */
  static Optional<OomKillSource> find() {
    return ServiceLoader.load(OomKillSource.class, OomKillSource.class.getClassLoader())
        .findFirst();
  }
}
