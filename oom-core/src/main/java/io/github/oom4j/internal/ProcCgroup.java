package io.github.oom4j.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The memory cgroup in {@code /proc/PID/cgroup} (cgroups(7)): that of the v1 hierarchy with the
 * controller, or else that of version 2. Reads the file of one process after another. Not
 * thread-safe.
 */
final class ProcCgroup {

  private static final byte[] MEMORY = {'m', 'e', 'm', 'o', 'r', 'y'};

  // Many processes share a cgroup: one string for all that follow each other.
  private byte[] lastPath = new byte[0];
  private Optional<String> last = Optional.empty();

  /**
   * Finds the path.
   *
   * @param text holds the whole file
   * @param length how many bytes of it
   * @return the path as the kernel names it, decoded as UTF-8, or empty if there is none
   */
  Optional<String> parse(byte[] text, int length) {
    int from = -1;
    int to = -1;
    int line = 0;
    while (line < length) {
      int end = indexOf(text, '\n', line, length);
      int first = indexOf(text, ':', line, end);
      int second = indexOf(text, ':', first + 1, end);
      if (second < end) {
        boolean v2 = second == first + 1 && first == line + 1 && text[line] == '0';
        if (listsMemory(text, first + 1, second)) {
          return path(text, second + 1, end);
        }
        if (v2) {
          from = second + 1;
          to = end;
        }
      }
      line = end + 1;
    }
    return from < 0 ? Optional.empty() : path(text, from, to);
  }

  private static boolean listsMemory(byte[] text, int from, int to) {
    int word = from;
    while (word < to) {
      int end = indexOf(text, ',', word, to);
      if (Arrays.equals(text, word, end, MEMORY, 0, MEMORY.length)) {
        return true;
      }
      word = end + 1;
    }
    return false;
  }

  /** Where the byte stands, or the end. */
  private static int indexOf(byte[] text, char c, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == c) {
        return i;
      }
    }
    return Math.max(from, to);
  }

  private Optional<String> path(byte[] text, int from, int to) {
    if (last.isEmpty() || !Arrays.equals(text, from, to, lastPath, 0, lastPath.length)) {
      lastPath = Arrays.copyOfRange(text, from, to);
      last = Optional.of(new String(lastPath, StandardCharsets.UTF_8));
    }
    return last;
  }
}
