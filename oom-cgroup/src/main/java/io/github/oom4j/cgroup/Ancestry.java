package io.github.oom4j.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The cgroups above a cgroup, as far as this process can see them. */
final class Ancestry {

  private Ancestry() {}

  /**
   * Their directories, the parent first; one that vanishes meanwhile is left out.
   *
   * @param marker a file that every cgroup of the version has, and no other directory
   */
  static List<Path> above(Path cgroup, String marker) {
    List<Path> found = new ArrayList<>();
    for (Path place = cgroup.getParent(); place != null; place = place.getParent()) {
      if (Files.exists(place.resolve(marker))) {
        found.add(place);
      } else if (Files.exists(place)) {
        break;
      }
    }
    return found;
  }
}
