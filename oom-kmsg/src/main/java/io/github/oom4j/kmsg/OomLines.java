package io.github.oom4j.kmsg;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
    "[  pid  ]",
    // not in a report, and not kills
    "oom_reaper: ",
    "oom_kill_process: ",
    "sysrq: OOM request ignored",
    "OOM killer ",
    "Huh VM_FAULT_OOM",
    "Kernel panic - not syncing: Out of memory",
    "Kernel panic - not syncing: out of memory",
    "Kernel panic - not syncing: System is deadlocked on memory"
  };

  private static final String[][] OPENERS_BY_FIRST = byFirst(OPENERS);
  private static final byte[][][] OPENER_BYTES = byFirst(bytes(OPENERS));
  private static final byte[] HEADER_BYTES = HEADER.getBytes(StandardCharsets.US_ASCII);

  private static final byte[] MESSAGE_BYTES = "MESSAGE".getBytes(StandardCharsets.US_ASCII);

  /** One of these is in every line that {@link #opens} lets pass; by their first letter. */
  private static final byte[][][] MARKS =
      byFirst(
          bytes(
              new String[] {
                "oom-kill",
                "oom_",
                "OOM",
                "memory",
                "Memory",
                "Killed process ",
                "-killer: ", // where "oom" is in another colour
                "Tasks in /",
                "Task in /",
                "ill process ",
                "[ pid ]",
                "[  pid  ]"
              }));

  /**
   * Each line that can change anything while no report is open holds one of these whole. None is
   * shorter than 15 bytes, so that {@link OomWords} sees it, and none has more of the line than
   * that takes: words such as "available" are in other lines, too. Journal entries as JSON or
   * export do not show each message as text; they show their time.
   */
  static final String[] PHRASES = {
    "oom-killer: gfp_mask=0x",
    "oom-kill:constraint=CONSTRAINT_",
    "Killed process ",
    "y cgroup out of",
    "emory: Killed p",
    "emory: Kill pro",
    "emory: kill pro",
    "emory: OOM victim",
    "(oom_kill_alloca",
    "(MPOL_BIND): Ki",
    "(MPOL_BIND): ki",
    "d no killable p",
    "memory.oom.group set",
    "cgroup stats for",
    "ached of cgroup",
    "ult of limit of",
    "ks state (memory",
    " tgid total_vm ",
    "memory: usage 0",
    "memory: usage 1",
    "memory: usage 2",
    "memory: usage 3",
    "memory: usage 4",
    "memory: usage 5",
    "memory: usage 6",
    "memory: usage 7",
    "memory: usage 8",
    "memory: usage 9",
    "Kernel panic - not syncing",
    "oom_reaper: reap",
    "oom_reaper: unab",
    "oom_kill_proces",
    "Manual OOM exec",
    "sysrq: OOM requ",
    "SysRq : OOM req",
    "OOM killer disab",
    "OOM killer enabl",
    "Huh VM_FAULT_OOM",
    "__REALTIME_TIMESTAMP"
  };

  private OomLines() {}

  /** Whether a message without any prefix begins like a line of a report. */
  static boolean opens(String text) {
    return opens(text, text.indexOf(HEADER));
  }

  private static boolean opens(String text, int header) {
    return (header >= 0 && header <= LONGEST_COMM) || beginsWithOpener(text);
  }

  private static boolean beginsWithOpener(String text) {
    char first = text.isEmpty() ? '\0' : text.charAt(0);
    if (first >= OPENERS_BY_FIRST.length) {
      return false;
    }
    for (String opener : OPENERS_BY_FIRST[first]) {
      if (text.startsWith(opener)) {
        return true;
      }
    }
    return false;
  }

  /** The same, and that nothing but a name is in front. */
  static boolean isBare(String text) {
    int header = text.indexOf(HEADER);
    return opens(text, header) && (header < 0 || Comm.isPossible(text.substring(0, header)));
  }

  /** The same for the escaped bytes of a record's text. */
  static boolean opens(byte[] bytes, int from, int to) {
    if (from < to && startsWithAny(bytes, from, to, OPENER_BYTES)) {
      return true;
    }
    int last = Math.min(from + LONGEST_COMM, to - HEADER_BYTES.length);
    for (int i = from; i <= last; i++) {
      if (bytes[i] == ' ' && bytes[i + 1] == 'i' && startsWith(bytes, i, to, HEADER_BYTES)) {
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
      if (startsWithAny(bytes, i, to, MARKS)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWithAny(byte[] bytes, int from, int to, byte[][][] words) {
    byte first = bytes[from];
    if (first >= 0) {
      for (byte[] word : words[first]) {
        if (startsWith(bytes, from, to, word)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether it may be JSON or a field of the journal, where the lines around say who wrote it. */
  static boolean beginsStructured(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    return at < to
        && switch (bytes[at]) {
          case '{', '"', '}' -> true;
          case '[' -> at + 1 < to && (bytes[at + 1] == '{' || bytes[at + 1] == '"');
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

  private static String[][] byFirst(String[] words) {
    String[][] byFirst = new String[Byte.MAX_VALUE + 1][0];
    for (String word : words) {
      String[] before = byFirst[word.charAt(0)];
      String[] more = Arrays.copyOf(before, before.length + 1);
      more[before.length] = word;
      byFirst[word.charAt(0)] = more;
    }
    return byFirst;
  }

  private static byte[][][] byFirst(byte[][] words) {
    byte[][][] byFirst = new byte[Byte.MAX_VALUE + 1][0][];
    for (byte[] word : words) {
      byte[][] before = byFirst[word[0]];
      byte[][] more = Arrays.copyOf(before, before.length + 1);
      more[before.length] = word;
      byFirst[word[0]] = more;
    }
    return byFirst;
  }
}
