package io.github.oom4j;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an OOM report said about memory: the cgroup's usage and statistics for a kill at a cgroup's
 * limit, the machine's {@code Mem-Info} for a system-wide one. Immutable.
 *
 * @param memory {@code memory: usage .., limit .., failcnt ..}
 * @param memoryAndSwap {@code memory+swap:}, cgroup v1
 * @param swap {@code swap:}, cgroup v2
 * @param kmem {@code kmem:}, cgroup v1
 * @param statistics {@code Memory cgroup stats}: of the cgroup at its limit, and, from 3.10 to 5.0,
 *     of each cgroup below it
 * @param machine {@code Mem-Info} and what follows it
 */
public record MemoryReport(
    Optional<Usage> memory,
    Optional<Usage> memoryAndSwap,
    Optional<Usage> swap,
    Optional<Usage> kmem,
    List<CgroupStatistics> statistics,
    Optional<MachineMemory> machine) {

  private static final MemoryReport EMPTY =
      new MemoryReport(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());

  /**
   * Copies what is mutable.
   *
   * @param memory the component of that name
   * @param memoryAndSwap the component of that name
   * @param swap the component of that name
   * @param kmem the component of that name
   * @param statistics the component of that name
   * @param machine the component of that name
   */
  public MemoryReport {
    statistics = List.copyOf(statistics);
  }

  /**
   * A report that says nothing, as when only the kill line was printed.
   *
   * @return the empty report
   */
  public static MemoryReport empty() {
    return EMPTY;
  }

  /**
   * The statistics of the cgroup at its limit, by name and in the order printed.
   *
   * @return bytes for sizes, counts for events, as in {@code memory.stat}; empty if none were
   *     printed
   */
  public Map<String, Long> cgroupStats() {
    return statistics.isEmpty() ? Map.of() : statistics.get(0).values();
  }

  /**
   * One usage line.
   *
   * @param usage what was in use
   * @param limit the limit
   * @param failcnt how often the limit was hit
   */
  public record Usage(ByteSize usage, Limit limit, long failcnt) {}
}
