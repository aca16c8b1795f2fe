package io.github.oom4j.cgroup;

import io.github.oom4j.KernelFormatException;
import io.github.oom4j.internal.Counters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the core files of a cgroup v2 say, whatever its controllers. Immutable.
 *
 * @param type {@code cgroup.type}; the root is always a domain
 * @param controllers {@code cgroup.controllers}: those that it has
 * @param subtreeControl {@code cgroup.subtree_control}: those that it hands down to its children
 * @param populated whether it, or one nested in it, has processes: {@code populated} of {@code
 *     cgroup.events}; the root always has
 * @param frozen whether all processes in it stand still: {@code frozen} of {@code cgroup.events},
 *     since 5.2; the root never does
 */
public record CgroupState(
    CgroupType type,
    Set<String> controllers,
    Set<String> subtreeControl,
    boolean populated,
    Optional<Boolean> frozen) {

  /**
   * Copies what is mutable.
   *
   * @param type the component of that name
   * @param controllers the component of that name
   * @param subtreeControl the component of that name
   * @param populated the component of that name
   * @param frozen the component of that name
   */
  public CgroupState {
    controllers = Collections.unmodifiableSet(new LinkedHashSet<>(controllers));
    subtreeControl = Collections.unmodifiableSet(new LinkedHashSet<>(subtreeControl));
  }

  static CgroupState read(Path cgroup) {
    Set<String> controllers = words(cgroup, MemoryFilesV2.MARKER);
    Set<String> handedDown = words(cgroup, "cgroup.subtree_control");
    if (isRoot(cgroup)) {
      return new CgroupState(CgroupType.DOMAIN, controllers, handedDown, true, Optional.of(false));
    }
    Counters events = CgroupFile.counters(cgroup, "cgroup.events");
    return new CgroupState(
        type(cgroup),
        controllers,
        handedDown,
        events.get("populated").orElse(0) != 0,
        events.get("frozen").stream().mapToObj(frozen -> frozen != 0).findFirst());
  }

  /** Every cgroup has a type but the root of the hierarchy, also in a cgroup namespace. */
  static boolean isRoot(Path cgroup) {
    return Files.exists(cgroup.resolve(MemoryFilesV2.MARKER))
        && Files.notExists(cgroup.resolve("cgroup.type"));
  }

  private static CgroupType type(Path cgroup) {
    String text = CgroupFile.text(cgroup, "cgroup.type");
    return Stream.of(CgroupType.values())
        .filter(type -> type.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new KernelFormatException(
                    cgroup.resolve("cgroup.type")
                        + ", line 1: expected one of "
                        + List.of(CgroupType.values())));
  }

  private static Set<String> words(Path cgroup, String name) {
    Set<String> words = new LinkedHashSet<>(List.of(CgroupFile.text(cgroup, name).split(" ", -1)));
    words.remove("");
    return words;
  }
}
