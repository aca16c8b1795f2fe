package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MachineMemory.AllocationSite;
import io.github.oom4j.MachineMemory.SlabCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the kernel's own memory: the tables {@code Unreclaimable slab info} (4.15 and later,
 * mm/slab_common.c) and {@code Memory allocations} (6.12 and later, mm/show_mem.c).
 */
final class MemoryHolders {

  private static final int MOST = 1024;
  private static final int LONGEST = 256;
  private static final String UNITS = "BKMGTPE";

  private enum Table {
    NONE,
    SLAB,
    ALLOCATIONS
  }

  private final List<SlabCache> slab = new ArrayList<>();
  private final List<AllocationSite> allocations = new ArrayList<>();
  private Table table = Table.NONE;

  boolean accept(String line) {
    if (line.equals("Unreclaimable slab info:")) {
      table = Table.SLAB;
      return true;
    }
    if (line.equals("Memory allocations:")
        || (line.startsWith("Memory allocations (profiling ") && line.endsWith("):"))) {
      table = Table.ALLOCATIONS;
      return true;
    }
    boolean taken =
        switch (table) {
          case NONE -> false;
          case SLAB -> slabRow(line);
          case ALLOCATIONS -> allocationRow(line);
        };
    if (!taken) {
      table = Table.NONE;
    }
    return taken;
  }

  /** {@code <name> <n>KB <n>KB}, from the right. */
  private boolean slabRow(String line) {
    List<String> words = Words.betweenBlanks(line, 64);
    int last = words.size() - 1;
    if (last == 2 && words.get(0).equals("Name") && words.get(2).equals("Total")) {
      return true;
    }
    Optional<ByteSize> total = last < 2 ? Optional.empty() : kilobytes(words.get(last));
    Optional<ByteSize> used = last < 2 ? Optional.empty() : kilobytes(words.get(last - 1));
    if (used.isEmpty() || total.isEmpty() || line.length() > LONGEST) {
      return false;
    }
    String numbers = line.substring(0, line.length() - words.get(last).length()).stripTrailing();
    String name = numbers.substring(0, numbers.length() - words.get(last - 1).length()).strip();
    if (slab.size() < MOST) {
      slab.add(new SlabCache(name, used.get(), total.get()));
    }
    return true;
  }

  private static Optional<ByteSize> kilobytes(String word) {
    Cursor cursor = new Cursor(word);
    long number = cursor.number();
    return number >= 0 && cursor.skip("KB") && cursor.atEnd()
        ? Cursor.size(number)
        : Optional.empty();
  }

  /** {@code <size> <calls> file:line [module] func:name}; the size in bytes, or with a unit. */
  private boolean allocationRow(String line) {
    Cursor cursor = new Cursor(line);
    ByteSize size = size(cursor);
    cursor.skipBlanks();
    long calls = cursor.number();
    if (size == null || calls < 0 || !cursor.skip(" ") || !line.contains(" func:")) {
      return false;
    }
    String site = cursor.rest().strip();
    if (allocations.size() < MOST && site.length() <= LONGEST) {
      allocations.add(new AllocationSite(size, calls, site));
    }
    return true;
  }

  private static @Nullable ByteSize size(Cursor cursor) {
    int from = cursor.position();
    long number = cursor.number();
    if (number < 0) {
      return null;
    }
    if (cursor.skip(".")) {
      cursor.number();
    }
    String digits = cursor.text(from, cursor.position());
    int afterDigits = cursor.position();
    cursor.skip(" ");
    for (int unit = UNITS.length() - 1; unit > 0; unit--) {
      if (cursor.skip(UNITS.charAt(unit) + "iB")) {
        return parsed(digits + UNITS.charAt(unit));
      }
    }
    if (!cursor.skip("B")) {
      cursor.backTo(afterDigits);
    }
    return parsed(digits);
  }

  private static @Nullable ByteSize parsed(String text) {
    try {
      return ByteSize.parse(text);
    } catch (IllegalArgumentException e) {
      return null; // larger than any memory
    }
  }

  List<SlabCache> slab() {
    return slab;
  }

  List<AllocationSite> allocations() {
    return allocations;
  }
}
