package io.github.oom4j.kmsg;

import java.util.Optional;

/**
 * {@code <msg>: Kill process <pid> (<comm>) score <n> or sacrifice child}: the first line of the
 * two-line era, up to 5.0. The process may be the parent of the one that the second line kills.
 */
record ScoreLine(KillMessage message, int pid, String comm, long score) {

  private static final String[] ENDS = {" or sacrifice child", " or a child"};

  static Optional<ScoreLine> parse(String text, boolean fromText) {
    if (!text.contains("ill process ")) {
      return Optional.empty();
    }
    String line = fromText ? text.strip() : text;
    for (KillMessage message : KillMessage.values()) {
      Cursor cursor = new Cursor(line);
      if (message.skip(cursor, "Kill process ") || message.skip(cursor, "kill process ")) {
        return afterVerb(message, line, cursor);
      }
    }
    return Optional.empty();
  }

  private static Optional<ScoreLine> afterVerb(KillMessage message, String line, Cursor cursor) {
    int pid = cursor.smallNumber();
    int nameEnd = line.lastIndexOf(") score ");
    if (pid <= 0 || !cursor.skip(" (") || nameEnd < cursor.position()) {
      return Optional.empty();
    }
    Cursor end = new Cursor(line, nameEnd + ") score ".length());
    long score = end.number();
    return score >= 0
            && end.skipAny(ENDS)
            && end.atEnd()
            && Comm.isPossible(line.substring(cursor.position(), nameEnd))
        ? Optional.of(
            new ScoreLine(message, pid, line.substring(cursor.position(), nameEnd), score))
        : Optional.empty();
  }
}
