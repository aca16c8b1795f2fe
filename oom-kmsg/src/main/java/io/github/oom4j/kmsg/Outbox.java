package io.github.oom4j.kmsg;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What a watch has read and not yet told: at most {@value #MOST_ITEMS} calls of the listener, and
 * no more than {@value #MOST_BYTES} bytes of records behind them, but for one report.
 */
final class Outbox {

  static final int MOST_ITEMS = 1024;
  static final int MOST_BYTES = 4 << 20;

  /** The cursor stays where it is. */
  static final long SAME = -1;

  private final Deque<Item> items = new ArrayDeque<>();
  private int open;
  private int waiting;

  /**
   * One call that waits.
   *
   * @param call the call
   * @param cursorAfter the first record that is to be read again if nothing after this is told
   * @param bytes of how many bytes of records it tells
   */
  record Item(Consumer<KernelLogListener> call, long cursorAfter, int bytes) {}

  /** A record may be part of what is told next. */
  void weigh(int bytes) {
    open += bytes;
  }

  /** The records so far tell nothing. */
  void drop() {
    open = 0;
  }

  void add(Consumer<KernelLogListener> call, long cursorAfter) {
    items.add(new Item(call, cursorAfter, open));
    waiting += open;
    open = 0;
  }

  boolean hasRoom() {
    return items.size() < MOST_ITEMS && waiting < MOST_BYTES;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  Item remove() {
    Item first = items.remove();
    waiting -= first.bytes();
    return first;
  }
}
