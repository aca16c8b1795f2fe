package io.github.oom4j.kmsg;

import java.util.Optional;

/**
 * What the summary says before its scope: {@code nodemask=<list>|(null)[,cpuset=<name>,
 * mems_allowed=<list>]}.
 */
record Placement(Optional<String> nodemask, Optional<String> cpuset, Optional<String> memsAllowed) {

  private static final String CPUSET = ",cpuset=";
  private static final String MEMS = ",mems_allowed=";

  static final Placement UNKNOWN =
      new Placement(Optional.empty(), Optional.empty(), Optional.empty());

  /** Reads the text between {@code nodemask=} and the scope; a cpuset's name may hold anything. */
  static Placement parse(String text) {
    Cursor line = new Cursor(text);
    Optional<String> nodemask = NodeList.skip(line);
    int mems = text.lastIndexOf(MEMS);
    int from = line.position() + CPUSET.length();
    if (!line.skip(CPUSET)
        || mems < from
        || !NodeList.isOne(text.substring(mems + MEMS.length()))) {
      return new Placement(nodemask, Optional.empty(), Optional.empty());
    }
    return new Placement(
        nodemask,
        Optional.of(text.substring(from, mems)),
        Optional.of(text.substring(mems + MEMS.length())));
  }
}
