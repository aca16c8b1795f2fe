package io.github.oom4j.kmsg;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code <comm> invoked oom-killer: gfp_mask=0x<x>[(<flags>)], [nodemask=<list>, ]order=<n>, ..}:
 * the allocation that failed. Source: {@code dump_header()} in mm/oom_kill.c.
 */
record HeaderLine(
    String comm, String gfpMask, Optional<String> gfpFlags, int order, OptionalInt oomScoreAdj) {

  private static final String WORDS = " invoked oom-killer: gfp_mask=";

  static Optional<HeaderLine> parse(String text, boolean fromText) {
    int words = text.lastIndexOf(WORDS);
    if (words < 0 || !Comm.isPossible(text.substring(0, words))) {
      return Optional.empty();
    }
    Cursor line = new Cursor(fromText ? text.stripTrailing() : text, words + WORDS.length());
    String mask = gfpMask(line);
    Optional<String> flags = Optional.empty();
    if (line.skip("(")) {
      flags = Optional.of(line.upTo(')'));
      line.skip(")");
    }
    line.skip(", ");
    if (line.skip("nodemask=")) {
      if (!line.skip("(null)")) {
        nodeList(line);
      }
      line.skip(", ");
    }
    if (mask.isEmpty() || !line.skip("order=")) {
      return Optional.empty();
    }
    Optional<Long> order = line.signedNumber().filter(value -> value >= -1 && value < 64);
    OptionalInt adj = adj(line);
    return order.isPresent() && (fromText || line.atEnd())
        ? Optional.of(
            new HeaderLine(text.substring(0, words), mask, flags, order.get().intValue(), adj))
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

  private static void nodeList(Cursor line) {
    int from = line.position();
    String rest = line.rest();
    int length = 0;
    while (length < rest.length() && "0123456789,-".indexOf(rest.charAt(length)) >= 0) {
      length++;
    }
    // The list may end with the comma that separates it from the order.
    if (length > 0 && rest.charAt(length - 1) == ',') {
      length--;
    }
    line.backTo(from + length);
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
