package io.github.oom4j.cgroup;

import io.github.oom4j.DeniedException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.Guard;
import io.github.oom4j.internal.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.StringJoiner;

/** Boxes by direct writes to cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). */
final class CgroupV2Backend implements Backend {

  private static final String HANDED_DOWN = "cgroup.subtree_control";

  @Override
  public Path parent() {
    CgroupPaths.Place own = CgroupPaths.of("self").v2();
    return parent(own.mount(), own.directory());
  }

  /** The nearest cgroup in which a box can be made, from the JVM's own up to the mount point. */
  static Path parent(Mount mount, Path own) {
    if (!lists(mount.point(), "cgroup.controllers")) {
      throw new UnsupportedKernelException(
          "memory controller not available: "
              + mount.point().resolve("cgroup.controllers")
              + " does not list memory");
    }
    if (mount.isReadOnly()) {
      throw new UnsupportedKernelException(mount.point() + " is mounted read-only");
    }
    StringJoiner obstacles = new StringJoiner("; ");
    boolean denied = false;
    for (Path place = own;
        place != null && place.startsWith(mount.point());
        place = place.getParent()) {
      Optional<OomException> obstacle = obstacle(place);
      if (obstacle.isEmpty()) {
        return place;
      }
      denied |= obstacle.get() instanceof DeniedException;
      obstacles.add(obstacle.get().getMessage());
    }
    throw denied
        ? new DeniedException(
            obstacles + "; run as root, or in a cgroup that was delegated to this user")
        : new UnsupportedKernelException(obstacles.toString());
  }

  private static Optional<OomException> obstacle(Path place) {
    if (!lists(place, HANDED_DOWN)) {
      if (!lists(place, "cgroup.controllers")) {
        return unsupported(place, "has no memory controller");
      }
      if (!isRoot(place) && !CgroupFile.text(place, "cgroup.procs").isEmpty()) {
        // No internal processes, except in the root of the hierarchy.
        return unsupported(
            place,
            "holds processes and so can't hand the memory controller to a child; move them into a"
                + " child of it, then write +memory to its "
                + HANDED_DOWN);
      }
      if (!Files.isWritable(place.resolve(HANDED_DOWN))) {
        return denied(place.resolve(HANDED_DOWN));
      }
    }
    if (!isRoot(place) && !CgroupFile.text(place, "cgroup.type").equals("domain")) {
      return unsupported(place, "is " + CgroupFile.text(place, "cgroup.type"));
    }
    // The kernel asks for the right to write to cgroup.procs of the common ancestor of where a
    // process comes from and where it goes; going up from the JVM's own cgroup, that is this one.
    if (!Files.isWritable(place)) {
      return denied(place);
    }
    Path processes = place.resolve("cgroup.procs");
    return Files.isWritable(processes) ? Optional.empty() : denied(processes);
  }

  private static Optional<OomException> unsupported(Path place, String what) {
    return Optional.of(new UnsupportedKernelException(place + " " + what));
  }

  private static Optional<OomException> denied(Path file) {
    return Optional.of(new DeniedException(file + " is not writable"));
  }

  /** Only the real root lacks this file; the root of a cgroup namespace has it. */
  private static boolean isRoot(Path place) {
    return Files.notExists(place.resolve("cgroup.type"));
  }

  private static boolean lists(Path place, String file) {
    return lists(place, file, "memory");
  }

  /** Whether a file of a cgroup that holds names of controllers has that one. */
  static boolean lists(Path place, String file, String controller) {
    return Arrays.asList(CgroupFile.text(place, file).split(" ", -1)).contains(controller);
  }

  @Override
  public Box make(String name, MemoryScope scope, Guard guard) {
    Path parent = parent();
    Path box = parent.resolve(name);
    guard.watch(box);
    fill(parent, box, scope);
    return new Box(box, Optional.empty());
  }

  /** Makes a box in a cgroup of v2, with its limits. */
  static void fill(Path parent, Path box, MemoryScope scope) {
    handDown(parent, "memory");
    if (scope.limits().pidsMax().isPresent()) {
      handDown(parent, "pids");
    }
    BoxLimits.create(box);
    LimitsV2.apply(box, scope);
  }

  private static void handDown(Path parent, String controller) {
    if (lists(parent, HANDED_DOWN, controller)) {
      return;
    }
    if (!lists(parent, "cgroup.controllers", controller)) {
      throw new UnsupportedKernelException(
          "%s controller not available: %s does not list it; the cgroup above must hand it down"
              .formatted(controller, parent.resolve("cgroup.controllers")));
    }
    // EBUSY where the cgroup holds processes itself and is not the root.
    CgroupFile.write(parent, HANDED_DOWN, "+" + controller, "a process may be in " + parent);
  }
}
