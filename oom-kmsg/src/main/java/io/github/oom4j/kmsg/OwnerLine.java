package io.github.oom4j.kmsg;

import java.util.Optional;

/**
 * Whose limit it was, in 2.6.32 to 4.19: {@code Task in <path> killed as a result of limit of
 * <path>}, or {@code Memory limit reached of cgroup <path>}.
 *
 * @param victimCgroup the victim's cgroup
 * @param oomCgroup the cgroup at its limit
 */
record OwnerLine(Optional<String> victimCgroup, Optional<String> oomCgroup) {

  static final String START = "Task in ";
  static final String MIDDLE = " killed as a result of limit of ";
  private static final String REACHED = "Memory limit reached of cgroup ";

  static Optional<OwnerLine> parse(String text, boolean fromText) {
    String line = fromText ? text.strip() : text;
    if (line.startsWith(REACHED)) {
      String path = line.substring(REACHED.length());
      return Optional.of(new OwnerLine(Optional.empty(), Optional.of(path)));
    }
    return line.startsWith(START) ? split(line) : Optional.empty();
  }

  /** Paths may hold the middle words: the split is where the first path lies below the second. */
  private static Optional<OwnerLine> split(String line) {
    OwnerLine found = null;
    int hits = 0;
    int at = line.indexOf(MIDDLE);
    if (at < 0) {
      return Optional.empty();
    }
    for (; at >= 0; at = line.indexOf(MIDDLE, at + 1)) {
      String first = line.substring(START.length(), at);
      String second = line.substring(at + MIDDLE.length());
      if (CgroupPath.isAtOrBelow(first, second)) {
        found = new OwnerLine(Optional.of(first), Optional.of(second));
        hits++;
      }
    }
    return hits == 1 && found != null
        ? Optional.of(found)
        : Optional.of(new OwnerLine(Optional.empty(), Optional.empty()));
  }
}
