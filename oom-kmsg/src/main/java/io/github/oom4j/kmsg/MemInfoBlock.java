package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MachineMemory;
import io.github.oom4j.MachineMemory.HugePagePool;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The {@code Mem-Info:} block of a system-wide OOM, and what follows it: the machine's counters,
 * nodes, zones, huge pages, swap, the size of RAM, slab caches, and allocations. Source: {@code
 * __show_mem()} in mm/show_mem.c.
 */
final class MemInfoBlock {

  /** No kernel has more; this bounds what a forged text log can make us keep. */
  private static final int MOST = 256;

  private static final int LONGEST_NAME = 64;

  /** The lines that are one number and words. */
  private enum Count {
    PAGECACHE(" total pagecache pages"),
    SWAP_CACHE(" pages in swap cache"),
    RAM(" pages RAM"),
    HIGH_MEM_OR_MOVABLE(" pages HighMem/MovableOnly"),
    HIGH_MEM(" pages HighMem"),
    RESERVED(" pages reserved"),
    CMA(" pages cma reserved"),
    HWPOISONED(" pages hwpoisoned");

    private final String words;

    Count(String words) {
      this.words = words;
    }
  }

  private final Map<String, Long> pageCounts = new LinkedHashMap<>();
  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private final List<HugePagePool> hugePages = new ArrayList<>();
  private final ZoneLines zones = new ZoneLines();
  private final MemoryHolders holders = new MemoryHolders();
  private Optional<ByteSize> swapFree = Optional.empty();
  private Optional<ByteSize> swapTotal = Optional.empty();
  private boolean counters;
  private boolean any;

  /** Takes the line if it belongs here. */
  boolean accept(String text, boolean cut) {
    String line = text.strip();
    boolean taken = take(line, cut);
    any |= taken;
    return taken;
  }

  private boolean take(String line, boolean cut) {
    if (line.startsWith("active_anon:") && pageCounts.isEmpty()) {
      counters = true;
    }
    if (counters && counts(line, cut)) {
      return true;
    }
    counters = false;
    return line.equals("Mem-Info:")
        || zones.accept(line)
        || swap(line)
        || count(line)
        || hugePages(line)
        || holders.accept(line);
  }

  /** {@code name:<n> name:<n> ..}, over several lines of one record, or over several records. */
  private boolean counts(String line, boolean cut) {
    List<String> tokens = Words.of(line, Integer.MAX_VALUE);
    Map<String, Long> found = new LinkedHashMap<>();
    for (int i = 0; i < tokens.size() - (cut ? 1 : 0); i++) {
      String token = tokens.get(i);
      int colon = token.indexOf(':');
      Cursor number = new Cursor(token, colon + 1);
      long value = colon > 0 && colon <= LONGEST_NAME ? number.number() : -1;
      if (value < 0 || !number.atEnd()) {
        return false;
      }
      found.put(token.substring(0, colon), value);
    }
    if (pageCounts.size() + found.size() <= MOST) {
      for (Map.Entry<String, Long> count : found.entrySet()) {
        pageCounts.putIfAbsent(count.getKey(), count.getValue());
      }
    }
    return true;
  }

  private boolean swap(String line) {
    Cursor cursor = new Cursor(line);
    boolean free = cursor.skip("Free swap");
    if (!free && !cursor.skip("Total swap")) {
      return false;
    }
    cursor.skipBlanks();
    cursor.skip("=");
    cursor.skip(":"); // 2.6 before 2.6.24
    cursor.skipBlanks();
    Optional<ByteSize> size = Cursor.size(cursor.kibibytes());
    if (free && swapFree.isEmpty()) {
      swapFree = size;
    } else if (!free && swapTotal.isEmpty()) {
      swapTotal = size;
    }
    return true;
  }

  private boolean count(String line) {
    Cursor cursor = new Cursor(line);
    long pages = cursor.number();
    if (pages < 0) {
      return false;
    }
    for (Count count : Count.values()) {
      if (line.length() - cursor.position() == count.words.length()
          && cursor.startsWith(count.words)) {
        counts.putIfAbsent(count, pages);
        return true;
      }
    }
    return false;
  }

  /** {@code [Node <n> ]hugepages_total=<n> hugepages_free=<n> hugepages_surp=<n> ..size=<n>kB}. */
  private boolean hugePages(String line) {
    Cursor cursor = new Cursor(line);
    OptionalLong node = OptionalLong.empty();
    if (cursor.skip("Node ")) {
      node = OptionalLong.of(cursor.smallNumber());
      cursor.skip(" ");
    }
    long total = cursor.skip("hugepages_total=") ? cursor.number() : -1;
    long free = cursor.skip(" hugepages_free=") ? cursor.number() : -1;
    long surplus = cursor.skip(" hugepages_surp=") ? cursor.number() : -1;
    Optional<ByteSize> size = Cursor.size(cursor.kibibytes(" hugepages_size="));
    if (total < 0 || free < 0 || surplus < 0 || size.isEmpty() || !cursor.atEnd()) {
      return false;
    }
    if (hugePages.size() < MOST) {
      hugePages.add(new HugePagePool(node, size.get(), total, free, surplus));
    }
    return true;
  }

  /** What was read, if anything was. */
  Optional<MachineMemory> read() {
    if (!any) {
      return Optional.empty();
    }
    OptionalLong highMem = pages(Count.HIGH_MEM_OR_MOVABLE);
    return Optional.of(
        new MachineMemory(
            pageCounts,
            zones.nodes(),
            zones.zones(),
            hugePages,
            pages(Count.PAGECACHE),
            pages(Count.SWAP_CACHE),
            swapFree,
            swapTotal,
            pages(Count.RAM),
            highMem.isPresent() ? highMem : pages(Count.HIGH_MEM),
            pages(Count.RESERVED),
            pages(Count.CMA),
            pages(Count.HWPOISONED),
            holders.slab(),
            holders.allocations()));
  }

  /** The size of a page, which the free lists begin with. */
  Optional<ByteSize> pageSize() {
    return zones.smallestBlock();
  }

  private OptionalLong pages(Count count) {
    Long pages = counts.get(count);
    return pages == null ? OptionalLong.empty() : OptionalLong.of(pages);
  }
}
