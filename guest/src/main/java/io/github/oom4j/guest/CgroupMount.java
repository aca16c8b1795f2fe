package io.github.oom4j.guest;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One mounted cgroup hierarchy and where this process is in it.
 *
 * @param point where it is mounted
 * @param own the directory of this process's own cgroup below the mount point
 */
record CgroupMount(Path point, Path own) {

  static Optional<CgroupMount> v2() {
    return find(mount -> mount.type().equals("cgroup2"), line -> line.startsWith("0::"));
  }

  static Optional<CgroupMount> v1Memory() {
    return find(
        mount -> mount.type().equals("cgroup") && mount.options().contains("memory"),
        line -> Arrays.asList(line.split(":", 3)[1].split(",", -1)).contains("memory"));
  }

  private static Optional<CgroupMount> find(Predicate<Mount> mount, Predicate<String> own) {
    Optional<String> path =
        Probes.linesOf(Path.of("/proc/self/cgroup")).stream()
            .filter(own)
            .map(line -> line.split(":", 3)[2])
            .findFirst();
    return Probes.linesOf(Path.of("/proc/self/mountinfo")).stream()
        .map(Mount::parse)
        .filter(mount)
        .findFirst()
        .flatMap(m -> path.map(p -> new CgroupMount(m.point(), m.locate(p))));
  }

  /** A line of mountinfo: fields 4 and 5, then type and super options after the dash. */
  private record Mount(String root, Path point, String type, List<String> options) {

    static Mount parse(String line) {
      String[] halves = line.split(" - ", 2);
      String[] left = halves[0].split(" ", -1);
      String[] right = halves[1].split(" ", -1);
      return new Mount(left[3], Path.of(left[4]), right[0], Arrays.asList(right[2].split(",", -1)));
    }

    Path locate(String cgroup) {
      String below = cgroup.startsWith(root) ? cgroup.substring(root.length()) : cgroup;
      return point.resolve(below.replaceFirst("^/+", ""));
    }
  }
}
