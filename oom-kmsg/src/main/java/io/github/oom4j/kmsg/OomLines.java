package io.github.oom4j.kmsg;

import java.nio.charset.StandardCharsets;

/**
 * Tells lines that can begin an OOM report, or be a kill, from all other lines of a log: a cheap
 * filter in front of the grammars. It may let a line pass that is none; it never drops one that is.
 */
final class OomLines {

  private static final String HEADER = " invoked oom-killer";

  /** A comm has at most 15 bytes, each written as four when escaped. */
  private static final int LONGEST_COMM = 15 * 4;

  private static final String[] OPENERS = {
    "oom-kill:constraint=",
    "Memory cgroup out of memory",
    "Memory cgroup stats for ",
    "Memory limit reached of cgroup ",
    "Out of memory",
    "Out of Memory: ",
    "Killed process ",
    "No available memory (MPOL_BIND)",
    "Tasks in /",
    "Tasks state (memory",
    "Task in /",
    "memory: usage ",
    "[ pid ]",
    "[  pid  ]"
  };

  private static final byte[][] OPENER_BYTES = bytes(OPENERS);
  private static final byte[] HEADER_BYTES = HEADER.getBytes(StandardCharsets.US_ASCII);

  private static final byte[] MESSAGE_BYTES = "MESSAGE".getBytes(StandardCharsets.US_ASCII);

  /** One of these is in every line that {@link #opens} lets pass. */
  private static final byte[][] MARKS =
      bytes(
          new String[] {
            "oom-kill",
            "memory",
            "Memory",
            "Killed process ",
            "Tasks in /",
            "Task in /",
            "ill process ",
            "[ pid ]",
            "[  pid  ]"
          });

  private OomLines() {}

  /** Whether a message without any prefix begins like a line of a report. */
  static boolean opens(String text) {
    for (String opener : OPENERS) {
      if (text.startsWith(opener)) {
        return true;
      }
    }
    int header = text.indexOf(HEADER);
    return header >= 0 && header <= LONGEST_COMM;
  }

  /** The same, and that nothing but a name is in front. */
  static boolean isBare(String text) {
    int header = text.indexOf(HEADER);
    return opens(text) && (header < 0 || Comm.isPossible(text.substring(0, header)));
  }

  /** The same for the escaped bytes of a record's text. */
  static boolean opens(byte[] bytes, int from, int to) {
    for (byte[] opener : OPENER_BYTES) {
      if (startsWith(bytes, from, to, opener)) {
        return true;
      }
    }
    int last = Math.min(from + LONGEST_COMM, to - HEADER_BYTES.length);
    for (int i = from; i <= last; i++) {
      if (bytes[i] == ' ' && startsWith(bytes, i, to, HEADER_BYTES)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a line of a text log, with whatever prefix, may hold such a message. */
  static boolean mentions(byte[] bytes, int from, int to) {
    if (beginsStructured(bytes, from, to)) {
      return true;
    }
    for (int i = from; i < to; i++) {
      switch (bytes[i]) {
        case 'o', 'm', 'M', 'K', 'T', 'i', '[' -> {
          for (byte[] mark : MARKS) {
            if (startsWith(bytes, i, to, mark)) {
              return true;
            }
          }
        }
        default -> {}
      }
    }
    return false;
  }

  /** Whether it may be JSON or a field of the journal, where the lines around say who wrote it. */
  private static boolean beginsStructured(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    return at < to
        && switch (bytes[at]) {
          case '{', '"', '}' -> true;
          case '_' -> at + 1 < to && (bytes[at + 1] == '_' || Character.isUpperCase(bytes[at + 1]));
          default -> startsWith(bytes, at, to, MESSAGE_BYTES);
        };
  }

  private static boolean startsWith(byte[] bytes, int from, int to, byte[] word) {
    if (to - from < word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (bytes[from + i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[][] bytes(String[] words) {
    byte[][] bytes = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = words[i].getBytes(StandardCharsets.US_ASCII);
    }
    return bytes;
  }
}
