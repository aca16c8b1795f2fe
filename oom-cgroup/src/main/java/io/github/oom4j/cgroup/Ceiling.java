package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.Limit;
import io.github.oom4j.cgroup.EffectiveLimit.Holder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The tightest limit among a cgroup and those above it.
 *
 * @param holder who holds it
 * @param place the directory of the cgroup that holds it, if it is a visible one
 * @param complete whether all cgroups above were visible
 */
record Ceiling(Limit limit, Holder holder, Optional<Path> place, boolean complete) {

  private static final String MEMORY_OF_V1 = LimitsV1.MEMORY;

  /** The least of RAM and the limits of the cgroups above a box, up to the mount point. */
  static ByteSize above(Path box, ByteSize ram) {
    boolean v2 = Files.exists(box.resolve(MemoryFilesV2.MARKER));
    List<Path> line = Ancestry.above(box, v2 ? MemoryFilesV2.MARKER : MemoryFilesV1.MARKER);
    Ceiling ceiling = v2 ? ofV2(line, Knob.MEMORY_MAX.file()) : ofV1(line);
    return ceiling.within(ram).limit.size().orElse(ram);
  }

  /**
   * Of cgroup v2.
   *
   * @param line cgroups from below upwards
   */
  static Ceiling ofV2(List<Path> line, String file) {
    Ceiling nearest = new Ceiling(Limit.none(), Holder.NOBODY, Optional.empty(), false);
    for (Path place : line) {
      // The root has no limit, nor has a cgroup without the controller.
      if (Files.exists(place.resolve(file))) {
        nearest = nearest.or(place, limitOrNone(place, file));
      }
    }
    if (line.isEmpty() || !CgroupState.isRoot(line.get(line.size() - 1))) {
      return nearest;
    }
    Path root = line.get(line.size() - 1);
    if (!CgroupV2Backend.lists(root, MemoryFilesV2.MARKER, "memory")) {
      throw MissingFile.of(root, file, null);
    }
    return nearest.complete(true);
  }

  private static Limit limitOrNone(Path place, String file) {
    try {
      return CgroupFile.limit(place, file);
    } catch (CgroupGoneException e) {
      return Limit.none();
    }
  }

  /**
   * Of cgroup v1, whose lowest cgroup also tells the tightest limit of all above, hidden or not.
   */
  static Ceiling ofV1(List<Path> line) {
    Ceiling nearest = new Ceiling(Limit.none(), Holder.NOBODY, Optional.empty(), false);
    for (Path place : line) {
      if (!place.equals(line.get(0)) && !limitsNested(place)) {
        break;
      }
      nearest = nearest.or(place, limitOrNoneOfV1(place));
    }
    if (line.isEmpty()) {
      return nearest;
    }
    var told = CgroupFile.counters(line.get(0), "memory.stat").get("hierarchical_memory_limit");
    if (told.isEmpty()) {
      return nearest;
    }
    Limit all = MemoryFilesV1.limit(told.getAsLong());
    boolean hidden = !nearest.limit.min(all).equals(nearest.limit);
    return hidden
        ? new Ceiling(all, Holder.HIDDEN_CGROUP, Optional.empty(), true)
        : nearest.complete(true);
  }

  private static Limit limitOrNoneOfV1(Path place) {
    try {
      return MemoryFilesV1.limit(place, MEMORY_OF_V1);
    } catch (CgroupGoneException e) {
      return Limit.none();
    }
  }

  /**
   * Before 5.11 a cgroup could be set not to charge what is nested in it, nor could those above.
   */
  private static boolean limitsNested(Path place) {
    String file = "memory.use_hierarchy";
    return Files.notExists(place.resolve(file)) || !CgroupFile.text(place, file).equals("0");
  }

  /** This one, or that of a cgroup further up if it is tighter. */
  private Ceiling or(Path further, Limit other) {
    return limit.min(other).equals(limit)
        ? this
        : new Ceiling(other, Holder.CGROUP, Optional.of(further), complete);
  }

  private Ceiling complete(boolean known) {
    return new Ceiling(limit, holder, place, known);
  }

  /** This one, or what the machine has if that is less. */
  Ceiling within(ByteSize machine) {
    Limit all = Limit.of(machine);
    return limit.min(all).equals(limit)
        ? this
        : new Ceiling(all, Holder.MACHINE, Optional.empty(), complete);
  }
}
