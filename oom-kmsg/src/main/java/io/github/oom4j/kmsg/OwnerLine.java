package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent.CgroupCandidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whose limit it was, in 2.6.32 to 4.19: {@code Task in <path> killed as a result of limit of
 * <path>}, or {@code Memory limit reached of cgroup <path>}.
 *
 * @param candidates the ways to read it: mostly one; a cgroup at its limit that was cut is empty
 */
record OwnerLine(List<CgroupCandidate> candidates) {

  static final String START = "Task in ";
  static final String MIDDLE = " killed as a result of limit of ";
  private static final String REACHED = "Memory limit reached of cgroup ";

  static Optional<OwnerLine> parse(String text, boolean fromText) {
    String line = fromText ? text.strip() : text;
    if (line.startsWith(REACHED)) {
      String path = line.substring(REACHED.length());
      return Optional.of(
          new OwnerLine(List.of(new CgroupCandidate(Optional.of(path), Optional.empty()))));
    }
    return line.startsWith(START) ? split(line) : Optional.empty();
  }

  /** Paths may hold the middle words: the split is where the first path lies below the second. */
  private static Optional<OwnerLine> split(String line) {
    List<CgroupCandidate> splits = new ArrayList<>();
    for (int at = line.indexOf(MIDDLE); at >= 0; at = line.indexOf(MIDDLE, at + 1)) {
      String victim = line.substring(START.length(), at);
      String limit = line.substring(at + MIDDLE.length());
      Optional<String> whole =
          CgroupPath.isAtOrBelow(victim, limit) ? Optional.of(limit) : Optional.empty();
      splits.add(new CgroupCandidate(whole, Optional.of(victim)));
    }
    if (splits.size() > 1 && splits.stream().anyMatch(s -> s.oomCgroup().isPresent())) {
      splits.removeIf(split -> split.oomCgroup().isEmpty());
    }
    return splits.isEmpty() ? Optional.empty() : Optional.of(new OwnerLine(List.copyOf(splits)));
  }
}
