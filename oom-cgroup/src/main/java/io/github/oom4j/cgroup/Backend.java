package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.Guard;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A way to make boxes. Stateless. Starting, watching and judging are the same for all of them: see
 * {@link Launch} and {@link ScopedProcess}.
 */
interface Backend {

  /**
   * Where a box would be made: in this cgroup or below it. Changes nothing.
   *
   * @return the directory of that cgroup
   * @throws OomException if this backend can't be used here; the message is the reason, and says
   *     what would help
   */
  Path parent();

  /**
   * Makes an empty box, sets its limits and reads them back. If it throws, the box may exist in
   * part, and the caller removes what the guard was told to watch.
   *
   * @param name a name that no box ever had
   * @param guard is told of the box before there is one, so that at no moment the death of this JVM
   *     leaves it behind
   * @throws OomException if the box can't be made or a limit can't be set
   * @throws IllegalArgumentException if a limit is below what this kernel can express
   */
  Box make(String name, MemoryScope scope, Guard guard);

  /**
   * Who moves a process into a box of this backend, where a process of this user may not be able to
   * do so by itself.
   *
   * @return takes the PID; throws an {@link OomException} if it can't be moved
   */
  default Optional<LongConsumer> usher(Box box) {
    return Optional.empty();
  }
}
