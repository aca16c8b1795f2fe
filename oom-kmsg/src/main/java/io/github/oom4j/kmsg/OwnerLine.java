package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whose limit it was, in 2.6.32 to 4.19: {@code Task in <path> killed as a result of limit of
 * <path>}, or {@code Memory limit reached of cgroup <path>}.
 *
 * @param victimCgroup the victim's cgroup
 * @param oomCgroup the cgroup at its limit; empty if the line was cut within it
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
    List<OwnerLine> splits = new ArrayList<>();
    for (int at = line.indexOf(MIDDLE); at >= 0; at = line.indexOf(MIDDLE, at + 1)) {
      String victim = line.substring(START.length(), at);
      String limit = line.substring(at + MIDDLE.length());
      Optional<String> whole =
          CgroupPath.isAtOrBelow(victim, limit) ? Optional.of(limit) : Optional.empty();
      splits.add(new OwnerLine(Optional.of(victim), whole));
    }
    if (splits.size() <= 1) {
      return splits.stream().findFirst();
    }
    List<OwnerLine> possible = splits.stream().filter(s -> s.oomCgroup().isPresent()).toList();
    return Optional.of(
        possible.size() == 1 ? possible.get(0) : new OwnerLine(Optional.empty(), Optional.empty()));
  }
}
