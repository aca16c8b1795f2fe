package io.github.oom4j.cgroup.internal;

import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.ProcessGoneException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.Mount;
import io.github.oom4j.internal.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where the cgroups of one process are: its {@code /proc/PID/cgroup} (cgroups(7)) seen through the
 * mounts of this process. Immutable.
 */
public final class CgroupPaths {

  private static final String REMOVED = " (deleted)";

  private final List<Mount> mounts;
  private final List<String> memberships;

  private CgroupPaths(List<Mount> mounts, List<String> memberships) {
    this.mounts = mounts;
    this.memberships = memberships;
  }

  /**
   * A cgroup of the process.
   *
   * @param mount the mount that shows it
   * @param directory its directory there
   * @param name its path as the kernel names it, as text
   */
  public record Place(Mount mount, Path directory, String name) {}

  /**
   * Reads the cgroups of a process.
   *
   * @param pid the process, or {@code self}
   * @return its cgroups
   * @throws ProcessGoneException if there is no such process
   * @throws UnsupportedKernelException if there is no /proc
   */
  public static CgroupPaths of(String pid) {
    Path cgroup = Path.of("/proc", pid, "cgroup");
    Path mountinfo = Path.of("/proc/self/mountinfo");
    try {
      return parse(KernelFile.readText(mountinfo), KernelFile.readText(cgroup));
    } catch (IOException e) {
      // A read of a process that ended after the open fails with ESRCH.
      if (!pid.equals("self") && Files.exists(mountinfo) && Files.notExists(cgroup)) {
        throw new ProcessGoneException("no process " + pid + ": no " + cgroup, e);
      }
      Path missing = Files.exists(mountinfo) ? cgroup : mountinfo;
      throw KernelFile.failure("find the cgroups of " + pid, missing, e, "");
    }
  }

  /**
   * Reads the text of both files, in which each byte is one character.
   *
   * @param mountinfo the whole of {@code /proc/self/mountinfo}
   * @param cgroup the whole of {@code /proc/PID/cgroup}
   * @return the cgroups
   */
  public static CgroupPaths parse(String mountinfo, String cgroup) {
    return new CgroupPaths(Mount.parse(mountinfo), Arrays.asList(cgroup.split("\n", -1)));
  }

  /**
   * Its cgroup in the one hierarchy of version 2.
   *
   * @return the cgroup
   * @throws UnsupportedKernelException if no cgroup2 file system is mounted, or none that shows it
   * @throws CgroupGoneException if that cgroup was removed
   */
  public Place v2() {
    String name =
        memberships.stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::".length()))
            .findFirst()
            .orElseThrow(() -> new UnsupportedKernelException("this kernel has no cgroup v2"));
    return place(name, "cgroup2", Optional.empty());
  }

  /**
   * Its cgroup in the version 1 hierarchy that has the memory controller.
   *
   * @return the cgroup
   * @throws UnsupportedKernelException if there is none, or it is not mounted where it shows
   */
  public Place v1Memory() {
    String name =
        memberships.stream()
            .map(line -> line.split(":", 3))
            .filter(line -> line.length == 3)
            .filter(line -> Arrays.asList(line[1].split(",", -1)).contains("memory"))
            .map(line -> line[2])
            .findFirst()
            .orElseThrow(
                () ->
                    new UnsupportedKernelException(
                        "the memory controller is not in a cgroup v1 hierarchy"));
    return place(name, "cgroup", Optional.of("memory"));
  }

  private Place place(String name, String type, Optional<String> option) {
    List<Mount> candidates =
        mounts.stream()
            .filter(mount -> mount.type().equals(type))
            .filter(mount -> option.map(mount.options()::contains).orElse(true))
            .toList();
    if (candidates.isEmpty()) {
      throw new UnsupportedKernelException(
          "no " + type + " file system" + option.map(" with "::concat).orElse("") + " is mounted");
    }
    for (Mount mount : candidates) {
      Optional<Path> directory = mount.directoryOf(name);
      if (directory.isPresent()) {
        refuseRemoved(name, directory.get());
        return new Place(mount, directory.get(), RawPath.text(name));
      }
    }
    Mount first = candidates.get(0);
    throw new UnsupportedKernelException(
        ("cgroup %s is not visible below %s, which shows %s and what is below it; in a cgroup"
                + " namespace, 'mount -t %s none DIRECTORY' shows what belongs to it")
            .formatted(
                RawPath.text(name),
                first.point(),
                RawPath.text(first.root()),
                type + option.map(" -o "::concat).orElse("")));
  }

  /** A zombie stays in its cgroup, which may be removed nevertheless (proc_cgroup_show). */
  private static void refuseRemoved(String name, Path directory) {
    if (name.endsWith(REMOVED) && Files.notExists(directory)) {
      throw new CgroupGoneException(
          "cgroup "
              + RawPath.text(name.substring(0, name.length() - REMOVED.length()))
              + " was removed");
    }
  }

  /**
   * What the kernel calls a directory.
   *
   * @param directory an absolute path
   * @return the cgroup's path as {@code /proc/PID/cgroup} would name it, as text, or empty if the
   *     directory is not in a mounted cgroup hierarchy
   */
  public Optional<String> nameOf(Path directory) {
    return mounts.stream()
        .filter(mount -> mount.type().equals("cgroup2") || mount.type().equals("cgroup"))
        .filter(mount -> directory.startsWith(mount.point()))
        .reduce((first, second) -> isNearer(second, first) ? second : first)
        .flatMap(mount -> mount.nameOf(directory))
        .map(RawPath::text);
  }

  private static boolean isNearer(Mount mount, Mount than) {
    return mount.point().getNameCount() >= than.point().getNameCount();
  }
}
