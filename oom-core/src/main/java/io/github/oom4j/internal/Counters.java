package io.github.oom4j.internal;

import io.github.oom4j.KernelFormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A kernel file of named numbers, one a line: {@code MemTotal: 24032748 kB} or {@code oom_kill 3}.
 * Immutable; keeps the order of the file, and of two lines with one name the first.
 */
public final class Counters {

  // Names are cut out of the text only when asked for: that halves the cost of reading meminfo.
  private final byte[] text;
  private final int[] starts;
  private final int[] ends;
  private final long[] values;
  private final boolean[] kibibytes;
  private final int size;

  private Counters(byte[] text, int lines) {
    this.text = text;
    starts = new int[lines];
    ends = new int[lines];
    values = new long[lines];
    kibibytes = new boolean[lines];
    int n = 0;
    for (int start = 0; start < text.length; ) {
      int end = endOfLine(text, start);
      if (readLine(start, end, n)) {
        n++;
      }
      start = end + 1;
    }
    size = n;
  }

  /**
   * Reads the text of such a file. Lines of another form are skipped: a kernel may print what we do
   * not know yet.
   *
   * @param text the whole file, not to be changed afterwards
   * @param source the file's name, for the error message
   * @return the numbers, at least one
   * @throws KernelFormatException if there is not one line of the form
   */
  public static Counters parse(byte[] text, String source) {
    int lines = 1;
    for (byte b : text) {
      if (b == '\n') {
        lines++;
      }
    }
    Counters counters = new Counters(text, lines);
    if (counters.size == 0) {
      String line =
          new String(text, 0, Math.min(60, endOfLine(text, 0)), StandardCharsets.US_ASCII);
      throw new KernelFormatException(
          source + ", line 1: expected a name and a number, found '" + printable(line) + "'");
    }
    return counters;
  }

  private boolean readLine(int start, int end, int n) {
    int nameEnd = start;
    while (nameEnd < end && text[nameEnd] != ':' && text[nameEnd] != ' ') {
      nameEnd++;
    }
    int at = nameEnd < end && text[nameEnd] == ':' ? nameEnd + 1 : nameEnd;
    while (at < end && text[at] == ' ') {
      at++;
    }
    int digits = at;
    long value = 0;
    while (at < end && text[at] >= '0' && text[at] <= '9' && at - digits < 18) {
      value = 10 * value + (text[at++] - '0');
    }
    boolean plain = at == end;
    boolean kb = end - at == 3 && text[at] == ' ' && text[at + 1] == 'k' && text[at + 2] == 'B';
    if (nameEnd == start || at == digits || !(plain || kb)) {
      return false;
    }
    starts[n] = start;
    ends[n] = nameEnd;
    values[n] = value;
    kibibytes[n] = kb;
    return true;
  }

  private static int endOfLine(byte[] text, int start) {
    int end = start;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private static String printable(String line) {
    return line.replaceAll("\\P{Print}", "?");
  }

  /**
   * The number as printed.
   *
   * @param name the name, without its colon
   * @return the number, or empty if the file has no such line
   */
  public OptionalLong get(String name) {
    int i = indexOf(name);
    return i < 0 ? OptionalLong.empty() : OptionalLong.of(values[i]);
  }

  /**
   * Whether the number is followed by {@code kB}.
   *
   * @param name the name, without its colon
   * @return true if there is such a line and its unit is kB
   */
  public boolean isKibibytes(String name) {
    int i = indexOf(name);
    return i >= 0 && kibibytes[i];
  }

  private int indexOf(String name) {
    for (int i = 0; i < size; i++) {
      if (ends[i] - starts[i] == name.length() && isNamed(i, name)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isNamed(int i, String name) {
    for (int j = 0; j < name.length(); j++) {
      if ((text[starts[i] + j] & 0xff) != name.charAt(j)) {
        return false;
      }
    }
    return true;
  }

  /**
   * All numbers as printed, by name.
   *
   * @return an unmodifiable map in the order of the file
   */
  public Map<String, Long> asMap() {
    Map<String, Long> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      map.putIfAbsent(
          new String(text, starts[i], ends[i] - starts[i], StandardCharsets.ISO_8859_1), values[i]);
    }
    return Collections.unmodifiableMap(map);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Counters that
        && asMap().equals(that.asMap())
        && Arrays.equals(Arrays.copyOf(kibibytes, size), Arrays.copyOf(that.kibibytes, that.size));
  }

  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
