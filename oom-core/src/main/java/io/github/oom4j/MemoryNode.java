package io.github.oom4j;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A NUMA node in an OOM report: {@code Node <n> active_anon:<n>kB ..}; since 4.8. Immutable.
 *
 * @param node its number
 * @param sizes by name and in the order printed, such as {@code active_anon}, {@code
 *     isolated(file)}, {@code kernel_stack}
 * @param counts what was printed without a unit, such as {@code pages_scanned}
 * @param allUnreclaimable {@code all_unreclaimable? yes}: the kernel had given up to reclaim there
 */
public record MemoryNode(
    int node, Map<String, ByteSize> sizes, Map<String, Long> counts, boolean allUnreclaimable) {

  /**
   * Copies what is mutable.
   *
   * @param node the component of that name
   * @param sizes the component of that name
   * @param counts the component of that name
   * @param allUnreclaimable the component of that name
   */
  public MemoryNode {
    sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }
}
