package io.github.oom4j.kmsg;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code <comm> invoked oom-killer: gfp_mask=0x<x>[(<flags>)], [nodemask=<list>, ]order=<n>, ..}:
 * the allocation that failed. Source: {@code dump_header()} in mm/oom_kill.c.
 */
record HeaderLine(
    String comm,
    String gfpMask,
    List<String> gfpFlags,
    Optional<String> nodemask,
    int order,
    OptionalInt oomScoreAdj) {

  /** There are 32 bits. */
  private static final int MOST_FLAGS = 32;

  private static final String WORDS = " invoked oom-killer: gfp_mask=";

  static Optional<HeaderLine> parse(String text, boolean fromText) {
    // Not lastIndexOf at once: the JVM has no fast version of it, and most lines have no such
    // words.
    int words = text.contains(WORDS) ? text.lastIndexOf(WORDS) : -1;
    if (words < 0 || !Comm.isPossible(text.substring(0, words))) {
      return Optional.empty();
    }
    Cursor line = new Cursor(fromText ? text.stripTrailing() : text, words + WORDS.length());
    String mask = gfpMask(line);
    List<String> flags = List.of();
    if (line.skip("(")) {
      flags = flags(line.upTo(')'));
      line.skip(")");
    }
    line.skip(", ");
    Optional<String> nodemask = Optional.empty();
    if (line.skip("nodemask=")) {
      nodemask = NodeList.skip(line);
      line.skip(", ");
    }
    if (mask.isEmpty() || !line.skip("order=")) {
      return Optional.empty();
    }
    long order = line.signedOrNone();
    OptionalInt adj = adj(line);
    return order >= -1 && order < 64 && (fromText || line.atEnd())
        ? Optional.of(
            new HeaderLine(text.substring(0, words), mask, flags, nodemask, (int) order, adj))
        : Optional.empty();
  }

  private static String gfpMask(Cursor line) {
    int from = line.position();
    if (!line.skip("0x")) {
      return "";
    }
    StringBuilder mask = new StringBuilder("0x");
    String rest = line.rest();
    for (int i = 0; i < rest.length() && Character.digit(rest.charAt(i), 16) >= 0; i++) {
      mask.append(rest.charAt(i));
    }
    line.backTo(from + mask.length());
    return mask.length() > 2 ? mask.toString() : "";
  }

  private static List<String> flags(String names) {
    return names.isEmpty() ? List.of() : List.of(names.split("\\|", MOST_FLAGS));
  }

  /** 2.6.32 has oom_adj, which counts from -17 to 15; its RHEL sibling has both. */
  private static OptionalInt adj(Cursor line) {
    if (line.skip(", oom_adj=")) {
      line.signedNumber();
    }
    if (!line.skip(", oom_score_adj=")) {
      return OptionalInt.empty();
    }
    long adj = line.signedOrNone();
    return adj >= -1000 && adj <= 1000 ? OptionalInt.of((int) adj) : OptionalInt.empty();
  }
}
