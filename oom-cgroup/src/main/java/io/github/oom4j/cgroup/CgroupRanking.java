package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomDomain;
import io.github.oom4j.OomException;
import io.github.oom4j.OomRanking;
import io.github.oom4j.ProcFs;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Who competes in the OOM of a cgroup: mem_cgroup_scan_tasks() and mem_cgroup_get_max() of
 * mm/memcontrol.c.
 */
final class CgroupRanking {

  private CgroupRanking() {}

  /** The ranking for the limit that is hit first if this cgroup grows. */
  static OomRanking of(Cgroup cgroup) {
    CgroupFile.need(cgroup.path(), "rank its processes");
    Cgroup nearest = cgroup;
    Optional<ByteSize> least = Optional.empty();
    List<Cgroup> line = new ArrayList<>(List.of(cgroup));
    line.addAll(cgroup.ancestors());
    for (Cgroup at : line) {
      Optional<ByteSize> room = room(at);
      if (room.isPresent() && (least.isEmpty() || room.get().compareTo(least.get()) < 0)) {
        nearest = at;
        least = room;
      }
    }
    return least.isEmpty() ? OomRanking.system() : ifAtItsLimit(nearest);
  }

  /** The ranking for this cgroup's own limit. */
  static OomRanking ifAtItsLimit(Cgroup cgroup) {
    ProcFs proc = ProcFs.system();
    MemInfo machine = proc.memInfo();
    ByteSize max = cgroup.memory().max().size().orElse(machine.total());
    boolean v1 = isV1(cgroup);
    Set<Long> pids = new LinkedHashSet<>();
    scan(cgroup.path(), pids);
    return proc.ranking(
        OomDomain.cgroup(
            cgroup.name(),
            max,
            swap(cgroup, machine, proc),
            List.copyOf(pids),
            // v1 sorts the lists that it prints.
            !v1));
  }

  private static boolean isV1(Cgroup cgroup) {
    return Files.exists(cgroup.path().resolve(MemoryFilesV1.MARKER));
  }

  /** How much more fits until the limit is hit and nothing is left to drop. */
  private static Optional<ByteSize> room(Cgroup cgroup) {
    try {
      CgroupMemory memory = cgroup.memory();
      Limit max = memory.max();
      return max.size()
          .map(limit -> limit.minusOrZero(memory.current().minusOrZero(droppable(cgroup))));
    } catch (OomException e) {
      return Optional.empty(); // the root has no such files; another may vanish
    }
  }

  private static ByteSize droppable(Cgroup cgroup) {
    MemoryStat stat = cgroup.stat();
    ByteSize sum = ByteSize.ZERO;
    for (String key : List.of("active_file", "inactive_file", "slab_reclaimable")) {
      // v1 counts what is nested under a name of its own.
      sum = sum.plus(stat.size("total_" + key).or(() -> stat.size(key)).orElse(ByteSize.ZERO));
    }
    return sum;
  }

  /** What of the machine's swap the cgroup may use; with swappiness 0 the kernel counts none. */
  private static ByteSize swap(Cgroup cgroup, MemInfo machine, ProcFs proc) {
    OptionalInt swappiness =
        isV1(cgroup) ? swappinessV1(cgroup.path()) : proc.vmSettings().swappiness();
    if (swappiness.isPresent() && swappiness.getAsInt() == 0) {
      return ByteSize.ZERO;
    }
    return swapMax(cgroup).min(Limit.of(machine.swapTotal())).size().orElse(machine.swapTotal());
  }

  private static Limit swapMax(Cgroup cgroup) {
    try {
      return cgroup.swap().max();
    } catch (UnsupportedKernelException e) {
      return Limit.none(); // swap is not accounted to cgroups
    }
  }

  private static OptionalInt swappinessV1(Path cgroup) {
    try {
      return OptionalInt.of((int) CgroupFile.number(cgroup, "memory.swappiness"));
    } catch (OomException e) {
      return OptionalInt.empty();
    }
  }

  /**
   * A cgroup's own processes, then those of its children, in the order in which these were made:
   * css_next_descendant_pre() goes by a list to which mkdir appends.
   */
  private static void scan(Path cgroup, Set<Long> pids) {
    try {
      KernelFile.readText(cgroup.resolve("cgroup.procs"))
          .lines()
          .map(Long::valueOf)
          .forEach(pids::add);
    } catch (NoSuchFileException e) {
      return; // removed meanwhile
    } catch (IOException | NumberFormatException e) {
      // A threaded cgroup (EOPNOTSUPP): its processes are listed above it. A removed one: ENODEV.
    }
    children(cgroup).forEach(child -> scan(child, pids));
  }

  private static List<Path> children(Path cgroup) {
    List<Path> children;
    try {
      children = new ArrayList<>(CgroupTree.children(cgroup));
    } catch (IOException e) {
      return List.of(); // removed meanwhile
    }
    // kernfs counts its inode numbers up.
    children.sort(Comparator.comparingLong(CgroupRanking::inode).thenComparing(Path::toString));
    return children;
  }

  private static long inode(Path directory) {
    try {
      return ((Number) Files.getAttribute(directory, "unix:ino", LinkOption.NOFOLLOW_LINKS))
          .longValue();
    } catch (IOException | UnsupportedOperationException e) {
      return Long.MAX_VALUE;
    }
  }
}
