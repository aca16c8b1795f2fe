package io.github.oom4j;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The {@code Mem-Info} block of an OOM report: the memory of the whole machine, printed for
 * system-wide OOMs. Counts of pages are as printed; {@link OomReport#machineSize} makes sizes of
 * them. Immutable.
 *
 * <p>Source: {@code __show_mem()} in mm/show_mem.c (mm/page_alloc.c and lib/show_mem.c before 6.4).
 *
 * @param pageCounts the machine's counters, such as {@code active_anon}, {@code free}, {@code
 *     slab_unreclaimable}, by name and in the order printed, in pages
 * @param nodes the NUMA nodes; since 4.8
 * @param zones the zones, with watermarks, reserves and free lists
 * @param hugePages the pools of huge pages
 * @param pagecachePages {@code total pagecache pages}
 * @param swapCachePages {@code pages in swap cache}
 * @param swapFree {@code Free swap}
 * @param swapTotal {@code Total swap}
 * @param pagesRam {@code pages RAM}
 * @param pagesHighMem {@code pages HighMem} or {@code HighMem/MovableOnly}
 * @param pagesReserved {@code pages reserved}
 * @param pagesCma {@code pages cma reserved}
 * @param pagesHwpoisoned {@code pages hwpoisoned}
 * @param unreclaimableSlab {@code Unreclaimable slab info}, which is printed if slab exceeds the
 *     memory of processes; since 4.15
 * @param allocations {@code Memory allocations}: the code that holds most memory, where memory
 *     allocation profiling is on; since 6.12
 */
public record MachineMemory(
    Map<String, Long> pageCounts,
    List<MemoryNode> nodes,
    List<MemoryZone> zones,
    List<HugePagePool> hugePages,
    OptionalLong pagecachePages,
    OptionalLong swapCachePages,
    Optional<ByteSize> swapFree,
    Optional<ByteSize> swapTotal,
    OptionalLong pagesRam,
    OptionalLong pagesHighMem,
    OptionalLong pagesReserved,
    OptionalLong pagesCma,
    OptionalLong pagesHwpoisoned,
    List<SlabCache> unreclaimableSlab,
    List<AllocationSite> allocations) {

  /**
   * Copies what is mutable.
   *
   * @param pageCounts the component of that name
   * @param nodes the component of that name
   * @param zones the component of that name
   * @param hugePages the component of that name
   * @param pagecachePages the component of that name
   * @param swapCachePages the component of that name
   * @param swapFree the component of that name
   * @param swapTotal the component of that name
   * @param pagesRam the component of that name
   * @param pagesHighMem the component of that name
   * @param pagesReserved the component of that name
   * @param pagesCma the component of that name
   * @param pagesHwpoisoned the component of that name
   * @param unreclaimableSlab the component of that name
   * @param allocations the component of that name
   */
  public MachineMemory {
    pageCounts = Collections.unmodifiableMap(new LinkedHashMap<>(pageCounts));
    nodes = List.copyOf(nodes);
    zones = List.copyOf(zones);
    hugePages = List.copyOf(hugePages);
    unreclaimableSlab = List.copyOf(unreclaimableSlab);
    allocations = List.copyOf(allocations);
  }

  /**
   * A pool of huge pages: {@code hugepages_total=<n> hugepages_free=<n> ..}.
   *
   * @param node the NUMA node; empty before 3.10, which printed none
   * @param size the size of one page
   * @param total how many there are, used or not
   * @param free how many nobody uses
   * @param surplus how many are above {@code nr_hugepages}
   */
  public record HugePagePool(
      OptionalLong node, ByteSize size, long total, long free, long surplus) {}

  /**
   * A slab cache whose memory can't be reclaimed.
   *
   * @param name its name, as in /proc/slabinfo
   * @param used the memory of its live objects
   * @param total the memory it holds
   */
  public record SlabCache(String name, ByteSize used, ByteSize total) {}

  /**
   * Code that allocated memory which is still in use.
   *
   * @param size how much
   * @param calls in how many allocations
   * @param site file and line, module in brackets if it is one, and function, as printed
   */
  public record AllocationSite(ByteSize size, long calls, String site) {}
}
