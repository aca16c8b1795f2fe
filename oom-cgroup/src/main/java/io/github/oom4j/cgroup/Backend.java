package io.github.oom4j.cgroup;

import java.nio.file.Path;

/**
 * A way to make boxes. Stateless. Starting, watching, judging and removing are the same for all of
 * them: see {@link Launch} and {@link ScopedProcess}.
 */
interface Backend {

  /**
   * Where a box would be made. Changes nothing.
   *
   * @return the directory of the parent cgroup
   * @throws io.github.oom4j.OomException if this backend can't be used here; the message is the
   *     reason, and says what would help
   */
  Path parent();

  /**
   * Makes an empty box, sets its limits and reads them back. If it throws, the box may exist in
   * part, and the caller removes it.
   *
   * @throws io.github.oom4j.OomException if the box can't be made or a limit can't be set
   * @throws IllegalArgumentException if a limit is below what this kernel can express
   */
  void make(Path box, MemoryScope scope);
}
