package io.github.oom4j.kmsg;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The {@code \x} escapes of {@code /dev/kmsg} (kernel/printk/printk.c, {@code msg_add_ext_text}):
 * bytes below 0x20, from 0x7f on, and the backslash.
 */
final class Escapes {

  private Escapes() {}

  /** Unescapes a record's text and decodes it as UTF-8; a cut escape at the end is dropped. */
  static String decode(byte[] bytes, int from, int to) {
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
    for (int i = escape; i < to && !isCut(bytes, i, to); ) {
      int value = value(bytes, i, to);
      out[length++] = value < 0 ? bytes[i] : (byte) value;
      i += value < 0 ? 1 : 4;
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * Undoes the escapes that dmesg(1) adds on output: of control characters, and of bytes that are
   * not UTF-8. An {@code \x2d} or {@code \xc3\xa9} in its text is a cgroup's own name, as systemd
   * writes it.
   */
  static String ofDmesg(String text) {
    return ofDmesg(text, false);
  }

  /** The same for a dmesg that ran in the C locale, where it escapes all that is not ASCII. */
  static String ofDmesgInC(String text) {
    return ofDmesg(text, true);
  }

  private static String ofDmesg(String text, boolean all) {
    if (!text.contains("\\x")) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; ) {
      int value = value(bytes, i, bytes.length);
      if (value >= 0x80) {
        byte[] run = run(bytes, i);
        int end = i + 4 * run.length;
        boolean isName = !all && !new String(run, StandardCharsets.UTF_8).contains("\uFFFD");
        out.writeBytes(isName ? Arrays.copyOfRange(bytes, i, end) : run);
        i = end;
      } else if (value >= 0 && (value < 0x20 || value == 0x7f)) {
        out.write(value);
        i += 4;
      } else {
        out.write(bytes[i++]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The bytes from 0x80 on that are escaped here, one after the other. */
  private static byte[] run(byte[] bytes, int from) {
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    for (int i = from; value(bytes, i, bytes.length) >= 0x80; i += 4) {
      run.write(value(bytes, i, bytes.length));
    }
    return run.toByteArray();
  }

  /** Whether the text ends within an escape, as a record cut at the kernel's buffer does. */
  private static boolean isCut(byte[] bytes, int at, int to) {
    return bytes[at] == '\\'
        && switch (to - at) {
          case 1 -> true;
          case 2 -> bytes[at + 1] == 'x';
          case 3 -> bytes[at + 1] == 'x' && Character.digit(bytes[at + 2], 16) >= 0;
          default -> false;
        };
  }

  /** The byte that is escaped here, or -1. */
  private static int value(byte[] bytes, int at, int to) {
    if (to - at < 4 || bytes[at] != '\\' || bytes[at + 1] != 'x') {
      return -1;
    }
    int high = Character.digit(bytes[at + 2], 16);
    int low = Character.digit(bytes[at + 3], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
