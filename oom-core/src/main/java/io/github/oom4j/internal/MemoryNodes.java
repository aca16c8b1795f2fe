package io.github.oom4j.internal;

import java.util.Set;
import java.util.TreeSet;

/** Lists of numbers as cpuset(7) writes them, and the memory of nodes. */
public final class MemoryNodes {

  private static final int MOST = 1 << 16;

  private MemoryNodes() {}

  /**
   * Reads a list.
   *
   * @param list such as {@code 0} or {@code 0-3,8}; may be empty
   * @return the numbers
   * @throws IllegalArgumentException if it is something else
   */
  public static Set<Integer> parse(String list) {
    Set<Integer> numbers = new TreeSet<>();
    if (list.isEmpty()) {
      return numbers;
    }
    for (String range : list.split(",", -1)) {
      String[] ends = range.split("-", -1);
      try {
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        if (ends.length > 2 || first < 0 || last < first || last >= MOST) {
          throw new NumberFormatException(range);
        }
        for (int i = first; i <= last; i++) {
          numbers.add(i);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("no list of numbers such as 0-3,8: '" + list + "'", e);
      }
    }
    return numbers;
  }

  /**
   * Adds up what nodes have.
   *
   * @param zoneinfo the whole of {@code /proc/zoneinfo}
   * @param nodes the nodes
   * @return pages that are present there: the kernel's {@code node_present_pages}
   * @throws IllegalArgumentException if the machine has no such node
   */
  public static long presentPages(String zoneinfo, Set<Integer> nodes) {
    long pages = 0;
    Set<Integer> found = new TreeSet<>();
    boolean counts = false;
    for (String line : zoneinfo.split("\n", -1)) {
      if (line.startsWith("Node ")) {
        int comma = line.indexOf(',');
        int node = comma < 0 ? -1 : Integer.parseInt(line.substring(5, comma).strip());
        counts = nodes.contains(node);
        if (counts) {
          found.add(node);
        }
      } else if (counts && line.strip().startsWith("present ")) {
        pages += Long.parseLong(line.strip().substring("present ".length()).strip());
      }
    }
    if (!found.equals(nodes)) {
      throw new IllegalArgumentException("this machine has no memory nodes " + nodes);
    }
    return pages;
  }
}
