package io.github.oom4j.kmsg;

import io.github.oom4j.CgroupStatistics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code Memory cgroup stats for <path>:} and what follows it, in the three shapes it has had:
 * {@code name:<n>KB} on the same line (3.10 to 5.0), one record with newlines (5.4 to 6.1), one
 * record for each name (6.6 and later, and cgroup v1).
 *
 * <p>From 3.10 to 5.0 there is a line for each cgroup below the one at its limit, which is the
 * first.
 */
final class CgroupStats {

  static final String START = "Memory cgroup stats for ";

  /** No kernel has more; this bounds what a forged text log can make us keep. */
  private static final int MOST = 256;

  private static final int LONGEST_NAME = 64;

  /** Cgroups below the first one that are kept. */
  private static final int MOST_CGROUPS = 64;

  private final List<CgroupStatistics> closed = new ArrayList<>();
  private Map<String, Long> values = new LinkedHashMap<>();
  private Optional<String> cgroup = Optional.empty();
  private boolean reading;

  /**
   * Takes the line if it belongs here.
   *
   * @param cut whether the record was cut at its end, so that its last row may be half a number
   */
  boolean accept(String text, boolean fromText, boolean cut) {
    String line = fromText ? text.strip() : text;
    if (line.startsWith(START)) {
      begin(line.substring(START.length()));
      return true;
    }
    if (!reading) {
      return false;
    }
    String[] rows = line.split("\n", -1);
    boolean any = false;
    for (int i = 0; i < rows.length - (cut ? 1 : 0); i++) {
      any |= nameAndNumber(fromText ? rows[i].strip() : rows[i]);
    }
    return any;
  }

  /** Any other line of a report ends the block. */
  void end() {
    if (reading && closed.size() < MOST_CGROUPS) {
      closed.add(new CgroupStatistics(cgroup, values));
    }
    reading = false;
  }

  private void begin(String rest) {
    end();
    reading = true;
    values = new LinkedHashMap<>();
    cgroup = Optional.empty();
    // From the right, as the path may look like anything. The very last token may be cut.
    Deque<String> tokens = new ArrayDeque<>();
    int end = rest.length();
    int blank = rest.lastIndexOf(' ');
    while (blank >= 0 && (isKilobytes(rest, blank + 1, end) || end == rest.length())) {
      tokens.addFirst(rest.substring(blank + 1, end));
      end = blank;
      blank = rest.lastIndexOf(' ', end - 1);
    }
    if (tokens.size() == 1 && !isKilobytes(rest, end + 1, rest.length())) {
      end = rest.length(); // a path with a blank
      tokens.clear();
    }
    for (String token : tokens) {
      keepKilobytes(token);
    }
    String path = rest.substring(0, end);
    if (path.endsWith(":")) {
      cgroup = Optional.of(path.substring(0, path.length() - 1));
    }
  }

  /** Whether this is {@code name:<n>KB}, or nothing between two blanks. */
  private static boolean isKilobytes(String text, int from, int to) {
    int colon = text.lastIndexOf(':', to);
    return from == to
        || (colon > from
            && to - colon >= 4
            && text.startsWith("KB", to - 2)
            && isNumber(text, colon + 1, to - 2));
  }

  private static boolean isNumber(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private void keepKilobytes(String token) {
    int colon = token.indexOf(':');
    if (colon > 0
        && colon <= LONGEST_NAME
        && isKilobytes(token, 0, token.length())
        && values.size() < MOST) {
      long value = new Cursor(token, colon + 1).number();
      if (value >= 0 && value <= Long.MAX_VALUE >> 10) {
        values.putIfAbsent(token.substring(0, colon), value << 10);
      }
    }
  }

  private boolean nameAndNumber(String row) {
    int blank = row.indexOf(' ');
    if (blank <= 0 || !isName(row, blank)) {
      return false;
    }
    Cursor number = new Cursor(row, blank + 1);
    long value = number.number();
    if (value < 0 || !number.atEnd()) {
      return false;
    }
    if (values.size() < MOST) {
      values.putIfAbsent(row.substring(0, blank), value);
    }
    return true;
  }

  private static boolean isName(String row, int end) {
    if (end > LONGEST_NAME) {
      return false;
    }
    for (int i = 0; i < end; i++) {
      char c = row.charAt(i);
      if ((c < 'a' || c > 'z') && c != '_' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  /** What was read so far: the cgroup at its limit first. */
  List<CgroupStatistics> read() {
    end();
    return closed;
  }

  /** The path in the first opening line. */
  Optional<String> cgroup() {
    List<CgroupStatistics> all = read();
    return all.isEmpty() ? Optional.empty() : all.get(0).cgroup();
  }
}
