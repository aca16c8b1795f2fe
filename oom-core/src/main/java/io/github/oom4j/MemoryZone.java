package io.github.oom4j;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A zone of memory in an OOM report: {@code [Node <n> ]<Zone> free:<n>kB .. min:<n>kB low:<n>kB
 * high:<n>kB ..}, its {@code lowmem_reserve[]}, and its free lists. Immutable.
 *
 * @param node the NUMA node; empty where kernels without NUMA print none
 * @param name the zone, such as {@code DMA32} or {@code Normal}
 * @param sizes by name and in the order printed, such as {@code free}, {@code managed}, {@code
 *     free_cma}
 * @param counts what was printed without a unit, such as {@code pages_scanned}
 * @param lowmemReserve {@code lowmem_reserve[]} in pages: what is kept back from allocations that
 *     could use the zone of that index
 * @param freeBlocks the free lists, from order 0 on: {@code <n>*4kB (UME) ..}
 */
public record MemoryZone(
    OptionalInt node,
    String name,
    Map<String, ByteSize> sizes,
    Map<String, Long> counts,
    List<Long> lowmemReserve,
    List<FreeBlocks> freeBlocks) {

  /**
   * Copies what is mutable.
   *
   * @param node the component of that name
   * @param name the component of that name
   * @param sizes the component of that name
   * @param counts the component of that name
   * @param lowmemReserve the component of that name
   * @param freeBlocks the component of that name
   */
  public MemoryZone {
    sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    lowmemReserve = List.copyOf(lowmemReserve);
    freeBlocks = List.copyOf(freeBlocks);
  }

  /**
   * {@code free}: the memory of the zone that nobody used.
   *
   * @return the size, or empty if it was not printed
   */
  public Optional<ByteSize> free() {
    return Optional.ofNullable(sizes.get("free"));
  }

  /**
   * {@code min}: the watermark below which only allocations that help to free memory succeed.
   *
   * @return the size, or empty if it was not printed
   */
  public Optional<ByteSize> min() {
    return Optional.ofNullable(sizes.get("min"));
  }

  /**
   * {@code low}: the watermark below which kswapd begins to reclaim.
   *
   * @return the size, or empty if it was not printed
   */
  public Optional<ByteSize> low() {
    return Optional.ofNullable(sizes.get("low"));
  }

  /**
   * {@code high}: the watermark at which kswapd stops.
   *
   * @return the size, or empty if it was not printed
   */
  public Optional<ByteSize> high() {
    return Optional.ofNullable(sizes.get("high"));
  }

  /**
   * The free blocks of one order.
   *
   * @param size the size of one block: a page times 2<sup>order</sup>
   * @param count how many
   * @param types the migrate types that have any, such as {@code UME}; empty if not printed
   */
  public record FreeBlocks(ByteSize size, long count, String types) {}
}
