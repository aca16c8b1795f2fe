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
    int words = text.lastIndexOf(WORDS);
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
    Optional<Long> order = line.signedNumber().filter(value -> value >= -1 && value < 64);
    OptionalInt adj = adj(line);
    return order.isPresent() && (fromText || line.atEnd())
        ? Optional.of(
            new HeaderLine(
                text.substring(0, words), mask, flags, nodemask, order.get().intValue(), adj))
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
    return line.signedNumber()
        .filter(value -> Math.abs(value) <= 1000)
        .map(value -> OptionalInt.of(value.intValue()))
        .orElseGet(OptionalInt::empty);
  }
}
