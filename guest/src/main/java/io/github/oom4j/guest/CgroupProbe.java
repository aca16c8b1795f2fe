package io.github.oom4j.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Looks for memory controllers, and for a place where this process may use one. */
final class CgroupProbe {

  private CgroupProbe() {}

  static Optional<String> v1() {
    return CgroupMount.v1Memory().isPresent()
        ? Optional.empty()
        : Optional.of("no cgroup v1 hierarchy with the memory controller is mounted");
  }

  static Optional<String> v2() {
    return controller("memory");
  }

  static Optional<String> cpuset() {
    return controller("cpuset");
  }

  /** Tries version 2 first, as the library does. */
  static Optional<String> writable() {
    Optional<String> no2 = v2().or(CgroupProbe::noPlaceInV2);
    if (no2.isEmpty()) {
      return no2;
    }
    Optional<String> no1 = v1().or(CgroupProbe::noPlaceInV1);
    return no1.isEmpty() ? no1 : Optional.of(no2.get() + "; " + no1.get());
  }

  private static Optional<String> controller(String name) {
    Optional<CgroupMount> mount = CgroupMount.v2();
    if (mount.isEmpty()) {
      return Optional.of("no cgroup2 file system is mounted");
    }
    Path file = mount.get().point().resolve("cgroup.controllers");
    return words(file).contains(name)
        ? Optional.empty()
        : Optional.of(
            "cgroup v2 " + name + " controller not available: " + file + " does not list it");
  }

  private static Optional<String> noPlaceInV1() {
    Path own = CgroupMount.v1Memory().orElseThrow().own();
    return noBox(own, "memory.limit_in_bytes");
  }

  // From this process's own cgroup up to the root: a box may be made where the parent already hands
  // the memory controller down, or may be told to (it must then hold no process, unless it is the
  // root).
  private static Optional<String> noPlaceInV2() {
    CgroupMount mount = CgroupMount.v2().orElseThrow();
    List<String> refused = new ArrayList<>();
    for (Path place = mount.own();
        place != null && place.startsWith(mount.point());
        place = place.getParent()) {
      boolean given = words(place.resolve("cgroup.subtree_control")).contains("memory");
      if (given) {
        Optional<String> no = noBox(place, "memory.max");
        if (no.isEmpty()) {
          return no;
        }
        refused.add(no.get());
      } else if (canEnable(mount, place)) {
        return Optional.empty();
      } else {
        refused.add(place + " does not hand the memory controller to its children");
      }
    }
    return Optional.of("no place for a cgroup with memory.max: " + String.join(", ", refused));
  }

  private static boolean canEnable(CgroupMount mount, Path place) {
    return words(place.resolve("cgroup.controllers")).contains("memory")
        && Files.isWritable(place)
        && Files.isWritable(place.resolve("cgroup.subtree_control"))
        && (place.equals(mount.point()) || words(place.resolve("cgroup.procs")).isEmpty());
  }

  private static Optional<String> noBox(Path parent, String limit) {
    // Permission to move a process is asked of the common ancestor too.
    if (!Files.isWritable(parent.resolve("cgroup.procs"))) {
      return Optional.of(parent + "/cgroup.procs is not writable");
    }
    Path box = parent.resolve("guest-probe-" + ProcessHandle.current().pid());
    try {
      Files.createDirectory(box);
      try {
        return Files.isWritable(box.resolve(limit))
            ? Optional.empty()
            : Optional.of(box + " has no writable " + limit);
      } finally {
        Files.delete(box);
      }
    } catch (IOException e) {
      return Optional.of("mkdir in " + parent + ": " + e);
    }
  }

  private static List<String> words(Path file) {
    return Probes.linesOf(file).stream()
        .flatMap(line -> Arrays.stream(line.split("\\s+", -1)))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
