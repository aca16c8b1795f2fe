package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.WaitingGate;
import java.nio.file.Path;

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
   * part, and the caller removes what the gate's guard was told to watch.
   *
   * @param name a name that no box ever had
   * @param gate whose guard is told of the box before there is one, so that at no moment the death
   *     of this JVM leaves it behind
   * @throws OomException if the box can't be made or a limit can't be set
   * @throws IllegalArgumentException if a limit is below what this kernel can express
   */
  Box make(String name, MemoryScope scope, WaitingGate gate);
}
