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
 * Lines of another form are passed over: a kernel may print what we do not know yet. Of two lines
 * with one name the first counts. Immutable.
 *
 * <p>Lines are read when they are asked for: most readers of meminfo want two of its sixty.
 */
public final class Counters {

  private final byte[] text;

  private Counters(byte[] text) {
    this.text = text;
  }

  /**
   * Takes the text of such a file.
   *
   * @param text the whole file, not to be changed afterwards
   * @param source the file's name, for the error message
   * @return the numbers, at least one
   * @throws KernelFormatException if there is not one line of the form
   */
  public static Counters parse(byte[] text, String source) {
    Line line = new Line(text);
    while (line.next()) {
      if (line.read()) {
        return new Counters(text);
      }
    }
    String first = new String(text, 0, Math.min(60, text.length), StandardCharsets.US_ASCII);
    throw new KernelFormatException(
        source
            + ", line 1: expected a name and a number, found '"
            + first.lines().findFirst().orElse("").replaceAll("\\P{Print}", "?")
            + "'");
  }

  /** A walk over the lines of the text, with the numbers of the one it stands on. */
  private static final class Line {
    private final byte[] text;
    private int start = -1;
    private int end = -1;
    private int nameEnd;
    private long value;
    private boolean kibibytes;

    Line(byte[] text) {
      this.text = text;
    }

    boolean next() {
      start = end + 1;
      if (start >= text.length) {
        return false;
      }
      end = start;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      return true;
    }

    /** Reads the line; false if it is of another form. */
    boolean read() {
      nameEnd = start;
      while (nameEnd < end && text[nameEnd] != ':' && text[nameEnd] != ' ') {
        nameEnd++;
      }
      int at = nameEnd < end && text[nameEnd] == ':' ? nameEnd + 1 : nameEnd;
      while (at < end && text[at] == ' ') {
        at++;
      }
      int digits = at;
      value = 0;
      while (at < end
          && text[at] >= '0'
          && text[at] <= '9'
          && value <= (Long.MAX_VALUE - (text[at] - '0')) / 10) {
        value = 10 * value + (text[at++] - '0');
      }
      kibibytes = end - at == 3 && text[at] == ' ' && text[at + 1] == 'k' && text[at + 2] == 'B';
      return nameEnd > start && at > digits && (at == end || kibibytes);
    }

    boolean startsWith(String name) {
      if (end - start <= name.length()) {
        return false;
      }
      for (int i = 0; i < name.length(); i++) {
        if ((text[start + i] & 0xff) != name.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    int nameLength() {
      return nameEnd - start;
    }
  }

  /** The first line of that name, or the end. */
  private Line find(String name) {
    Line line = new Line(text);
    while (line.next()) {
      if (line.startsWith(name) && line.read() && line.nameLength() == name.length()) {
        return line;
      }
    }
    return line;
  }

  /**
   * The number as printed.
   *
   * @param name the name, without its colon
   * @return the number, or empty if the file has no such line
   */
  public OptionalLong get(String name) {
    Line line = find(name);
    return line.start < text.length ? OptionalLong.of(line.value) : OptionalLong.empty();
  }

  /**
   * Whether the number is followed by {@code kB}.
   *
   * @param name the name, without its colon
   * @return true if there is such a line and its unit is kB
   */
  public boolean isKibibytes(String name) {
    Line line = find(name);
    return line.start < text.length && line.kibibytes;
  }

  /**
   * All numbers as printed, by name.
   *
   * @return an unmodifiable map in the order of the file
   */
  public Map<String, Long> asMap() {
    Map<String, Long> map = new LinkedHashMap<>();
    Line line = new Line(text);
    while (line.next()) {
      if (line.read()) {
        String name = new String(text, line.start, line.nameLength(), StandardCharsets.ISO_8859_1);
        map.putIfAbsent(name, line.value);
      }
    }
    return Collections.unmodifiableMap(map);
  }

  /** Equal are two with the same text. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Counters that && Arrays.equals(text, that.text);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(text);
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
