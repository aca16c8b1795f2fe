package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a box can use at most, whatever its own limit is. */
final class Ceiling {

  private Ceiling() {}

  /** The least of RAM and the limits of the cgroups above a box, up to the mount point. */
  static ByteSize above(Path box, ByteSize ram) {
    Limit least = Limit.of(ram);
    for (Path place = box.getParent();
        place != null && Files.exists(place.resolve("cgroup.procs"));
        place = place.getParent()) {
      least = least.min(limitOf(place));
    }
    return least.size().orElse(ram);
  }

  /** The root of v2, and cgroups without the controller, have no limit. */
  private static Limit limitOf(Path place) {
    if (Knob.MEMORY_MAX.isIn(place)) {
      return CgroupFile.limit(place, Knob.MEMORY_MAX.file());
    }
    return Files.exists(place.resolve(LimitsV1.MEMORY))
        ? MemoryFilesV1.limit(place, LimitsV1.MEMORY)
        : Limit.none();
  }
}
