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
    List<Optional<String>> values = readings.stream().map(field).distinct().toList();
    return values.size() == 1 ? values.get(0) : Optional.empty();
  }

  /** Whether the first is the second or lies below it. */
  static boolean isAtOrBelow(String path, String ancestor) {
    return path.equals(ancestor)
        || (path.startsWith("/") && ancestor.equals("/"))
        || (path.startsWith(ancestor) && path.charAt(ancestor.length()) == '/');
  }
}
