package io.github.oom4j;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an OOM report said about memory: the cgroup's usage and statistics for a kill at a cgroup's
 * limit, the machine's counters ({@code Mem-Info}) for a system-wide one. Immutable.
 *
 * @param memory {@code memory: usage .., limit .., failcnt ..}
 * @param memoryAndSwap {@code memory+swap:}, cgroup v1
 * @param swap {@code swap:}, cgroup v2
 * @param kmem {@code kmem:}, cgroup v1
 * @param cgroupStats the statistics of the cgroup at its limit, by name and in the order printed:
 *     bytes for sizes, counts for events, as in {@code memory.stat}
 * @param pageCounts the counters of {@code Mem-Info}, by name and in the order printed, in pages
 * @param swapFree {@code Free swap}
 * @param swapTotal {@code Total swap}
 * @param pagesRam {@code pages RAM}: the machine's memory in pages
 */
public record MemoryReport(
    Optional<Usage> memory,
    Optional<Usage> memoryAndSwap,
    Optional<Usage> swap,
    Optional<Usage> kmem,
    Map<String, Long> cgroupStats,
    Map<String, Long> pageCounts,
    Optional<ByteSize> swapFree,
    Optional<ByteSize> swapTotal,
    OptionalLong pagesRam) {

  private static final MemoryReport EMPTY =
      new MemoryReport(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty());

  /**
   * Copies what is mutable.
   *
   * @param memory the component of that name
   * @param memoryAndSwap the component of that name
   * @param swap the component of that name
   * @param kmem the component of that name
   * @param cgroupStats the component of that name
   * @param pageCounts the component of that name
   * @param swapFree the component of that name
   * @param swapTotal the component of that name
   * @param pagesRam the component of that name
   */
  public MemoryReport {
    cgroupStats = Collections.unmodifiableMap(new LinkedHashMap<>(cgroupStats));
    pageCounts = Collections.unmodifiableMap(new LinkedHashMap<>(pageCounts));
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
   * One usage line.
   *
   * @param usage what was in use
   * @param limit the limit
   * @param failcnt how often the limit was hit
   */
  public record Usage(ByteSize usage, Limit limit, long failcnt) {}
}
