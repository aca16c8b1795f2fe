package io.github.oom4j.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)). Names of cgroups are
 * {@linkplain RawPath raw}.
 *
 * @param root the directory of that file system which is mounted here; for cgroups, seen from the
 *     reader's cgroup namespace
 * @param point where it is mounted
 * @param type {@code cgroup2} or {@code cgroup} for the mounts that matter here
 * @param options its options, those of the mount and those of the file system
 */
public record Mount(String root, Path point, String type, Set<String> options) {

  private static final int FIRST_OPTIONAL_FIELD = 6;

  /**
   * Reads the file's text. Lines of another form are skipped.
   *
   * @param mountinfo the whole file, each byte a character
   * @return the mounts in the order of the file
   */
  public static List<Mount> parse(String mountinfo) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : mountinfo.split("\n", -1)) {
      List<String> fields = Arrays.asList(line.split(" ", -1));
      int dash = FIRST_OPTIONAL_FIELD;
      while (dash < fields.size() && !fields.get(dash).equals("-")) {
        dash++;
      }
      if (dash + 3 < fields.size()) {
        List<String> options = new ArrayList<>(Arrays.asList(fields.get(5).split(",", -1)));
        options.addAll(Arrays.asList(fields.get(dash + 3).split(",", -1)));
        mounts.add(
            new Mount(
                unescape(fields.get(3)),
                RawPath.of(unescape(fields.get(4))),
                fields.get(dash + 1),
                Set.copyOf(options)));
      }
    }
    return mounts;
  }

  /** The kernel writes blank, tab, newline and backslash as three octal digits (mangle_path). */
  private static String unescape(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && field.substring(i + 1).matches("(?s)[0-3][0-7]{2}.*")) {
        c = (char) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 3;
      }
      text.append(c);
    }
    return text.toString();
  }

  /**
   * Where a cgroup is visible in this mount. Both paths are seen from the reader's cgroup
   * namespace, and start with as many {@code /..} as they are levels outside of it
   * (cgroup_namespaces(7)).
   *
   * @param cgroup its path, as {@code /proc/PID/cgroup} names it
   * @return its directory, or empty if this mount does not show it
   */
  public Optional<Path> directoryOf(String cgroup) {
    if (cgroup.equals(root)) {
      return Optional.of(point);
    }
    String top = root.equals("/") ? "" : root;
    if (!cgroup.startsWith(top + "/")) {
      return Optional.empty();
    }
    String below = cgroup.substring(top.length() + 1);
    // Further outside than the root of this mount.
    if (below.equals("..") || below.startsWith("../")) {
      return Optional.empty();
    }
    return Optional.of(below.isEmpty() ? point : point.resolve(RawPath.of(below)));
  }

  /**
   * What the kernel calls a directory of this mount.
   *
   * @param directory the mount point or a directory below it
   * @return the cgroup's path, as {@code /proc/PID/cgroup} would name it, or empty if the directory
   *     is not in this mount
   */
  public Optional<String> nameOf(Path directory) {
    if (!directory.startsWith(point)) {
      return Optional.empty();
    }
    String below = RawPath.bytes(point.relativize(directory));
    String top = root.equals("/") ? "" : root;
    return Optional.of(below.isEmpty() ? root : top + "/" + below);
  }

  /**
   * Whether nothing can be changed through this mount.
   *
   * @return true if it is read-only
   */
  public boolean isReadOnly() {
    return options.contains("ro");
  }
}
