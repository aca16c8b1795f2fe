package io.github.oom4j.junit;

/** The last bytes of what comes, however much that is. Not thread-safe. */
final class ByteTail {

  private final byte[] ring;
  private long length;

  ByteTail(int kept) {
    ring = new byte[kept];
  }

  void add(byte[] part, int count) {
    for (int i = Math.max(0, count - ring.length); i < count; i++) {
      ring[(int) ((length + i) % ring.length)] = part[i];
    }
    length += count;
  }

  /** How much came in all. */
  long length() {
    return length;
  }

  byte[] bytes() {
    int kept = (int) Math.min(length, ring.length);
    byte[] bytes = new byte[kept];
    for (int i = 0; i < kept; i++) {
      bytes[i] = ring[(int) ((length - kept + i) % ring.length)];
    }
    return bytes;
  }
}
