package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The {@code Mem-Info:} block of a system-wide OOM: the machine's counters in pages, swap, and the
 * size of RAM. Source: {@code show_mem()} and {@code show_free_areas()}.
 */
final class MemInfoBlock {

  /** No kernel has more; this bounds what a forged text log can make us keep. */
  private static final int MOST = 256;

  private final Map<String, Long> pageCounts = new LinkedHashMap<>();
  private Optional<ByteSize> swapFree = Optional.empty();
  private Optional<ByteSize> swapTotal = Optional.empty();
  private OptionalLong pagesRam = OptionalLong.empty();
  private boolean counters;

  /** Takes the line if it belongs here. */
  boolean accept(String text, boolean cut) {
    String line = text.strip();
    if (line.startsWith("active_anon:") && pageCounts.isEmpty()) {
      counters = true;
    }
    if (counters && counts(line, cut)) {
      return true;
    }
    counters = false;
    return swap(line) || ram(line);
  }

  /** {@code name:<n> name:<n> ..}, over several lines of one record, or over several records. */
  private boolean counts(String line, boolean cut) {
    String[] tokens = line.split("\\s+", -1);
    Map<String, Long> found = new LinkedHashMap<>();
    for (int i = 0; i < tokens.length - (cut ? 1 : 0); i++) {
      int colon = tokens[i].indexOf(':');
      Cursor number = new Cursor(tokens[i], colon + 1);
      long value = colon > 0 ? number.number() : -1;
      if (value < 0 || !number.atEnd()) {
        return false;
      }
      found.put(tokens[i].substring(0, colon), value);
    }
    if (pageCounts.size() + found.size() <= MOST) {
      found.forEach(pageCounts::putIfAbsent);
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
    cursor.skipBlanks();
    Optional<ByteSize> size = Cursor.size(cursor.kibibytes());
    if (free && swapFree.isEmpty()) {
      swapFree = size;
    } else if (!free && swapTotal.isEmpty()) {
      swapTotal = size;
    }
    return true;
  }

  private boolean ram(String line) {
    Cursor cursor = new Cursor(line);
    long pages = cursor.number();
    if (pages < 0 || !cursor.skip(" pages RAM") || !cursor.atEnd()) {
      return false;
    }
    if (pagesRam.isEmpty()) {
      pagesRam = OptionalLong.of(pages);
    }
    return true;
  }

  Map<String, Long> pageCounts() {
    return pageCounts;
  }

  Optional<ByteSize> swapFree() {
    return swapFree;
  }

  Optional<ByteSize> swapTotal() {
    return swapTotal;
  }

  OptionalLong pagesRam() {
    return pagesRam;
  }
}
