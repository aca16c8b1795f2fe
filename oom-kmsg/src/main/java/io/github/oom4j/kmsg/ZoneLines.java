package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MemoryNode;
import io.github.oom4j.MemoryZone;
import io.github.oom4j.MemoryZone.FreeBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The lines about nodes and zones in {@code Mem-Info}: {@code Node <n> active_anon:<n>kB ..},
 * {@code [Node <n> ]<Zone> free:<n>kB ..}, {@code lowmem_reserve[]: ..}, and the free lists {@code
 * [Node <n> ]<Zone>: <n>*4kB (UME) ..}.
 */
final class ZoneLines {

  /** More are never seen; this bounds what a forged text log can make us keep. */
  private static final int MOST = 256;

  private static final int MOST_BLOCKS = 64;

  private final List<MemoryNode> nodes = new ArrayList<>();
  private final List<MemoryZone> zones = new ArrayList<>();

  boolean accept(String line) {
    if (line.startsWith("lowmem_reserve[]:")) {
      return lowmemReserve(line.substring("lowmem_reserve[]:".length()).strip());
    }
    Cursor cursor = new Cursor(line);
    OptionalInt node = OptionalInt.empty();
    if (cursor.skip("Node ")) {
      int number = cursor.smallNumber();
      if (number < 0) {
        return false;
      }
      node = OptionalInt.of(number);
      cursor.skip(",");
      cursor.skip(" ");
    }
    if (node.isPresent() && cursor.startsWith("active_anon:")) {
      return node(node.getAsInt(), cursor.rest());
    }
    int from = cursor.position();
    while (isOfName(cursor.next()) && cursor.position() - from < 16) {
      cursor.backTo(cursor.position() + 1);
    }
    int end = cursor.position();
    if (end == from) {
      return false;
    }
    if (cursor.startsWith(" free:")) {
      return zone(node, cursor.text(from, end), cursor.rest().strip());
    }
    return cursor.skip(": ") && freeLists(node, cursor.text(from, end), cursor);
  }

  /** Whether it is the first piece of a line: {@code Node <n> }, or free lists without a sum. */
  static boolean isPiece(String text) {
    Cursor cursor = new Cursor(text);
    if (cursor.skip("Node ") && cursor.smallNumber() >= 0 && cursor.skip(" ") && cursor.atEnd()) {
      return true;
    }
    return text.endsWith(" ")
        && text.contains("*")
        && !text.contains("= ")
        && new ZoneLines().accept(text.strip());
  }

  private static boolean isOfName(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private boolean node(int node, String values) {
    NamedValues read = NamedValues.parse(values);
    if (nodes.size() < MOST && !isKnown(node)) {
      nodes.add(new MemoryNode(node, read.sizes(), read.counts(), read.allUnreclaimable()));
    }
    return true;
  }

  private boolean isKnown(int node) {
    for (MemoryNode known : nodes) {
      if (known.node() == node) {
        return true;
      }
    }
    return false;
  }

  private boolean zone(OptionalInt node, String name, String values) {
    NamedValues read = NamedValues.parse(values);
    if (read.sizes().isEmpty()) {
      return false;
    }
    if (zones.size() < MOST && index(node, name) < 0) {
      zones.add(new MemoryZone(node, name, read.sizes(), read.counts(), List.of(), List.of()));
    }
    return true;
  }

  /** Belongs to the zone before it. */
  private boolean lowmemReserve(String numbers) {
    List<Long> pages = new ArrayList<>();
    for (String number : Words.betweenBlanks(numbers, MOST_BLOCKS)) {
      Cursor cursor = new Cursor(number);
      long value = cursor.number();
      if (value < 0 || !cursor.atEnd()) {
        return false;
      }
      pages.add(value);
    }
    if (!zones.isEmpty()) {
      int last = zones.size() - 1;
      MemoryZone zone = zones.get(last);
      if (zone.lowmemReserve().isEmpty()) {
        zones.set(last, with(zone, pages, zone.freeBlocks()));
      }
    }
    return true;
  }

  private boolean freeLists(OptionalInt node, String name, Cursor cursor) {
    List<FreeBlocks> blocks = new ArrayList<>();
    while (blocks.size() < MOST_BLOCKS) {
      FreeBlocks block = block(cursor);
      if (block == null) {
        break;
      }
      blocks.add(block);
    }
    if (blocks.isEmpty()) {
      return false;
    }
    int at = index(node, name);
    if (at < 0 && zones.size() < MOST) {
      zones.add(new MemoryZone(node, name, Map.of(), Map.of(), List.of(), blocks));
    } else if (at >= 0 && zones.get(at).freeBlocks().isEmpty()) {
      zones.set(at, with(zones.get(at), zones.get(at).lowmemReserve(), blocks));
    }
    return true;
  }

  /** {@code <n>*<n>kB[ (UME)]} and a blank. */
  private static @Nullable FreeBlocks block(Cursor cursor) {
    int from = cursor.position();
    long count = cursor.number();
    Optional<ByteSize> size =
        count >= 0 && cursor.skip("*") ? Cursor.size(cursor.kibibytes()) : Optional.empty();
    if (size.isEmpty()) {
      cursor.backTo(from);
      return null;
    }
    cursor.skip(" ");
    String types = "";
    if (cursor.skip("(")) {
      types = cursor.upTo(')', 16);
      cursor.skip(")");
      cursor.skip(" ");
    }
    return new FreeBlocks(size.get(), count, types);
  }

  private static MemoryZone with(MemoryZone zone, List<Long> reserve, List<FreeBlocks> blocks) {
    return new MemoryZone(zone.node(), zone.name(), zone.sizes(), zone.counts(), reserve, blocks);
  }

  private int index(OptionalInt node, String name) {
    for (int i = 0; i < zones.size(); i++) {
      if (zones.get(i).node().equals(node) && zones.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Free lists begin with blocks of one page. */
  Optional<ByteSize> smallestBlock() {
    for (MemoryZone zone : zones) {
      List<FreeBlocks> blocks = zone.freeBlocks();
      if (!blocks.isEmpty() && Long.bitCount(blocks.get(0).size().bytes()) == 1) {
        return Optional.of(blocks.get(0).size());
      }
    }
    return Optional.empty();
  }

  List<MemoryNode> nodes() {
    return nodes;
  }

  List<MemoryZone> zones() {
    return zones;
  }
}
