package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent.CgroupCandidate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Paths of cgroups as the kernel prints them: from the root of the hierarchy. */
final class CgroupPath {

  private CgroupPath() {}

  /** What all readings of a report agree on. */
  static Optional<String> agreed(
      List<CgroupCandidate> readings, Function<CgroupCandidate, Optional<String>> field) {
    Optional<String> agreed = readings.isEmpty() ? Optional.empty() : field.apply(readings.get(0));
    for (CgroupCandidate reading : readings) {
      if (!field.apply(reading).equals(agreed)) {
        return Optional.empty();
      }
    }
    return agreed;
  }

  /** Whether the first is the second or lies below it. */
  static boolean isAtOrBelow(String path, String ancestor) {
    return path.equals(ancestor)
        || (path.startsWith("/") && ancestor.equals("/"))
        || (path.startsWith(ancestor) && path.charAt(ancestor.length()) == '/');
  }
}
