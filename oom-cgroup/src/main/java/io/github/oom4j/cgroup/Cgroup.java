package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.ProcessGoneException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A cgroup, as far as it is about memory. Both versions are read alike; where version 1 has no
 * equivalent, the answer is empty.
 *
 * <p>Immutable and thread-safe; every method reads now and keeps nothing open. When the cgroup is
 * gone, its numbers are gone: methods then throw an {@link OomException}.
 */
public final class Cgroup {

  private final Path path;
  private final String name;
  private final MemoryFiles files;

  private Cgroup(Path path, String name, MemoryFiles files) {
    this.path = path;
    this.name = name;
    this.files = files;
  }

  /**
   * The cgroup that accounts the memory of this JVM.
   *
   * @return its cgroup in the hierarchy that has the memory controller
   * @throws UnsupportedKernelException if no such hierarchy is mounted, or it does not show it
   */
  public static Cgroup self() {
    return of("self");
  }

  /**
   * The cgroup that accounts the memory of a process.
   *
   * @param pid the process
   * @return its cgroup in the hierarchy that has the memory controller
   * @throws ProcessGoneException if there is no such process
   * @throws UnsupportedKernelException if no such hierarchy is mounted, or it does not show it
   */
  public static Cgroup of(long pid) {
    return of(Long.toString(pid));
  }

  private static Cgroup of(String pid) {
    CgroupPaths paths = CgroupPaths.of(pid);
    CgroupPaths.Place place;
    try {
      // A controller is in one hierarchy only; if v1 has it, then v2 hasn't.
      place = paths.v1Memory();
    } catch (UnsupportedKernelException e) {
      place = paths.v2();
    }
    return new Cgroup(place.directory(), place.name(), filesOf(place.mount().type()));
  }

  private static MemoryFiles filesOf(String type) {
    return type.equals("cgroup2") ? new MemoryFilesV2() : new MemoryFilesV1();
  }

  /**
   * The cgroup at a directory, or a directory of captured files that looks like one.
   *
   * @param path the directory
   * @return the cgroup; its files tell the version
   * @throws UnsupportedKernelException if there is no such directory, or nothing about memory in it
   */
  public static Cgroup at(Path path) {
    Path directory = path.toAbsolutePath().normalize();
    if (Files.exists(directory.resolve("memory.usage_in_bytes"))) {
      return new Cgroup(directory, nameOf(directory), new MemoryFilesV1());
    }
    if (Files.exists(directory.resolve("memory.stat"))
        || Files.exists(directory.resolve("cgroup.controllers"))) {
      return new Cgroup(directory, nameOf(directory), new MemoryFilesV2());
    }
    throw new UnsupportedKernelException(
        directory
            + " is not a memory cgroup: it has neither memory.stat nor memory.usage_in_bytes");
  }

  private static String nameOf(Path directory) {
    try {
      return CgroupPaths.of("self").nameOf(directory).orElse(directory.toString());
    } catch (OomException e) {
      return directory.toString();
    }
  }

  /**
   * Its directory.
   *
   * @return an absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * What the kernel calls it, as in {@code /proc/PID/cgroup} and in the log: its path from the root
   * of the hierarchy, or of the cgroup namespace.
   *
   * @return a path that starts with a slash; for a directory outside of a mounted hierarchy, that
   *     directory
   */
  public String name() {
    return name;
  }

  /**
   * Its memory.
   *
   * @return what its files say now
   * @throws OomException if the cgroup is gone, or has no memory controller
   */
  public CgroupMemory memory() {
    return files.memory(path);
  }

  /**
   * How often it met its limits.
   *
   * @return what its files say now
   * @throws OomException if the cgroup is gone, or has no memory controller
   */
  public MemoryEvents events() {
    return files.events(path);
  }

  /** How often this very cgroup stood at its own limit, nested ones not counted. */
  OptionalLong limitHits() {
    return files.limitHits(path);
  }

  /**
   * The processes in it, without those of nested cgroups.
   *
   * @return their PIDs in ascending order; processes of another PID namespace are left out
   * @throws OomException if the cgroup is gone
   */
  public List<Long> pids() {
    try {
      return CgroupTree.processes(path);
    } catch (IOException e) {
      throw KernelFile.failure("list processes", path.resolve("cgroup.procs"), e, "");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cgroup that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  /** Its directory. */
  @Override
  public String toString() {
    return path.toString();
  }
}
