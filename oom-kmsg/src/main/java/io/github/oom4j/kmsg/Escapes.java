package io.github.oom4j.kmsg;

import java.nio.charset.StandardCharsets;

/**
 * The {@code \x} escapes of {@code /dev/kmsg} (kernel/printk/printk.c, {@code msg_add_ext_text}):
 * bytes below 0x20, from 0x7f on, and the backslash.
 */
final class Escapes {

  private Escapes() {}

  /** Unescapes a record's text and decodes it as UTF-8; a cut escape at the end is dropped. */
  static String decode(byte[] bytes, int from, int to) {
    return decode(bytes, from, to, false);
  }

  /**
   * Undoes the escapes that dmesg(1) adds on output: of bytes that can't be printed, and of nothing
   * else. An {@code \x2d} in its text is a cgroup's own name.
   */
  static String ofDmesg(String text) {
    if (!text.contains("\\x")) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return decode(bytes, 0, bytes.length, true);
  }

  private static String decode(byte[] bytes, int from, int to, boolean onlyUnprintable) {
    int escape = from;
    while (escape < to && bytes[escape] != '\\') {
      escape++;
    }
    if (escape == to) {
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
    byte[] out = new byte[to - from];
    System.arraycopy(bytes, from, out, 0, escape - from);
    int length = escape - from;
    for (int i = escape; i < to; ) {
      if (bytes[i] != '\\') {
        out[length++] = bytes[i++];
        continue;
      }
      if (!onlyUnprintable && isCut(bytes, i, to)) {
        break;
      }
      int value = value(bytes, i, to);
      if (value < 0 || (onlyUnprintable && value >= 0x20 && value < 0x7f)) {
        out[length++] = bytes[i++];
      } else {
        out[length++] = (byte) value;
        i += 4;
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  /** Whether the text ends within an escape, as a record cut at the kernel's buffer does. */
  private static boolean isCut(byte[] bytes, int at, int to) {
    return switch (to - at) {
      case 1 -> true;
      case 2 -> bytes[at + 1] == 'x';
      case 3 -> bytes[at + 1] == 'x' && Character.digit(bytes[at + 2], 16) >= 0;
      default -> false;
    };
  }

  private static int value(byte[] bytes, int at, int to) {
    if (to - at < 4 || bytes[at + 1] != 'x') {
      return -1;
    }
    int high = Character.digit(bytes[at + 2], 16);
    int low = Character.digit(bytes[at + 3], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
