package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent.Victim;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code <msg>: Killed process <pid> (<comm>) total-vm:..}: the event itself. Source: {@code
 * __oom_kill_process()} in mm/oom_kill.c.
 *
 * @param cut whether the line ends before its grammar does; only in text logs
 */
record KillLine(KillMessage message, Victim victim, boolean cut) {

  private static final String VERB = "Killed process ";

  /** Matches the whole line, or, in text logs, as much of it as was not cut off. */
  static Optional<KillLine> parse(String text, boolean fromText) {
    if (!text.contains(VERB)) {
      return Optional.empty();
    }
    String line = fromText ? text.strip() : text;
    for (KillMessage message : KillMessage.values()) {
      Cursor cursor = new Cursor(line);
      if (message.skip(cursor, VERB)) {
        return Optional.ofNullable(afterVerb(message, line, cursor, fromText));
      }
    }
    return Optional.empty();
  }

  /** Whether the line starts as one. */
  static boolean starts(String text) {
    if (!text.contains(VERB)) {
      return false;
    }
    String line = text.stripLeading();
    for (KillMessage message : KillMessage.values()) {
      if (message.skip(new Cursor(line), VERB)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the line starts as one but ends within the name, which then holds a newline. */
  static boolean endsInName(String text) {
    if (!text.contains(VERB)) {
      return false;
    }
    String line = text.stripLeading();
    for (KillMessage message : KillMessage.values()) {
      Cursor cursor = new Cursor(line);
      if (message.skip(cursor, VERB)) {
        return cursor.smallNumber() > 0 && cursor.skip(" (") && !cursor.rest().contains(")");
      }
    }
    return false;
  }

  private static @Nullable KillLine afterVerb(
      KillMessage message, String line, Cursor cursor, boolean fromText) {
    int pid = cursor.smallNumber();
    if (pid <= 0) {
      return null;
    }
    if (cursor.skip(" (")) {
      return afterName(message, line, pid, cursor.position(), fromText);
    }
    if (cursor.skip(", UID ")) { // RHEL 6
      long uid = cursor.number();
      if (uid >= 0 && cursor.skip(", (")) {
        int end = lastOf(line, ") total-vm:", ") vsz:");
        return sized(message, line, pid, cursor.position(), end, 2, OptionalLong.of(uid), fromText);
      }
    }
    return null;
  }

  /**
   * The shortest legal suffix is longer than a name, so the last place where a suffix may start is
   * where it does start.
   */
  private static @Nullable KillLine afterName(
      KillMessage message, String line, int pid, int name, boolean fromText) {
    OptionalLong noUid = OptionalLong.empty();
    int end = lastOf(line, ") total-vm:", ") vsz:");
    KillLine kill = sized(message, line, pid, name, end, 2, noUid, fromText);
    if (kill != null) {
      return kill;
    }
    end = line.lastIndexOf("), UID "); // RHEL 7
    if (end >= name) {
      Cursor uid = new Cursor(line, end + "), UID ".length());
      long number = uid.number();
      if (number >= 0 && uid.skip(", ")) {
        int gap = uid.position() - end;
        return sized(message, line, pid, name, end, gap, OptionalLong.of(number), fromText);
      }
    }
    return bare(message, line, pid, name);
  }

  /** 2.6.32: nothing behind the name. 2.4 ended the sentence with a full stop. */
  private static @Nullable KillLine bare(KillMessage message, String line, int pid, int name) {
    int end = line.length() - (line.endsWith(").") ? 2 : 1);
    if (end < name || line.charAt(end) != ')' || !Comm.isPossible(line.substring(name, end))) {
      return null;
    }
    String comm = line.substring(name, end);
    return new KillLine(message, KillSizes.NONE.victim(pid, comm), false);
  }

  private static @Nullable KillLine sized(
      KillMessage message,
      String line,
      int pid,
      int name,
      int end,
      int gap,
      OptionalLong uid,
      boolean fromText) {
    if (end < name || !Comm.isPossible(line.substring(name, end))) {
      return null;
    }
    KillSizes sizes = KillSizes.parse(new Cursor(line, end + gap), uid, fromText);
    return sizes == null
        ? null
        : new KillLine(message, sizes.victim(pid, line.substring(name, end)), sizes.cut());
  }

  private static int lastOf(String line, String one, String other) {
    return Math.max(line.lastIndexOf(one), line.lastIndexOf(other));
  }
}
