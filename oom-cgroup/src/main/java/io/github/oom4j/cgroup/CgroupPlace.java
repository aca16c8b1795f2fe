package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.internal.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a cgroup is, and what is above and below it.
 *
 * @param path its directory
 * @param name what the kernel calls it
 * @param files how it is read
 */
record CgroupPlace(Path path, String name, MemoryFiles files) {

  /** That of a process, in the hierarchy that has the memory controller. */
  static CgroupPlace of(String pid) {
    CgroupPaths paths = CgroupPaths.of(pid);
    CgroupPaths.Place place;
    try {
      // A controller is in one hierarchy only; if v1 has it, then v2 hasn't.
      place = paths.v1Memory();
    } catch (UnsupportedKernelException e) {
      place = paths.v2();
    }
    boolean v2 = place.mount().type().equals("cgroup2");
    MemoryFiles files = v2 ? new MemoryFilesV2() : new MemoryFilesV1();
    return new CgroupPlace(place.directory(), place.name(), files);
  }

  static CgroupPlace at(Path path) {
    Path directory = real(path);
    if (Files.exists(directory.resolve(MemoryFilesV1.MARKER))) {
      return new CgroupPlace(directory, nameOf(directory), new MemoryFilesV1());
    }
    if (Files.exists(directory.resolve("memory.stat"))
        || Files.exists(directory.resolve(MemoryFilesV2.MARKER))) {
      return new CgroupPlace(directory, nameOf(directory), new MemoryFilesV2());
    }
    throw new UnsupportedKernelException(
        directory
            + " is not a memory cgroup: it has neither memory.stat nor memory.usage_in_bytes");
  }

  /** The directory that a path leads to; a symbolic link would hide the cgroups above. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  private static String nameOf(Path directory) {
    try {
      return CgroupPaths.of("self").nameOf(directory).orElse(directory.toString());
    } catch (OomException e) {
      return directory.toString();
    }
  }

  List<CgroupPlace> above() {
    List<CgroupPlace> above = new ArrayList<>();
    CgroupPlace nearest = this;
    for (Path directory : files.above(path)) {
      nearest = new CgroupPlace(directory, nameAbove(nearest, directory), files);
      above.add(nearest);
    }
    return above;
  }

  private static String nameAbove(CgroupPlace child, Path directory) {
    String last = "/" + lastOf(child.path);
    if (!child.name.endsWith(last)) {
      // The root of a cgroup namespace, whose parent is visible nevertheless.
      return nameOf(directory);
    }
    String name = child.name.substring(0, child.name.length() - last.length());
    return name.isEmpty() ? "/" : name;
  }

  List<CgroupPlace> below() {
    try {
      return CgroupTree.children(path).stream()
          .map(child -> new CgroupPlace(child, nameBelow(child), files))
          .toList();
    } catch (IOException e) {
      throw CgroupFile.failure(path, ".", e);
    }
  }

  private String nameBelow(Path child) {
    return (name.equals("/") ? "" : name) + "/" + lastOf(child);
  }

  private static String lastOf(Path directory) {
    Path last = directory.getFileName();
    return last == null ? "" : RawPath.text(RawPath.bytes(last));
  }

  /** Its directory and those of the cgroups above it. */
  List<Path> line() {
    if (Files.notExists(path)) {
      throw CgroupFile.gone(path, "limits", null);
    }
    List<Path> line = new ArrayList<>(List.of(path));
    line.addAll(files.above(path));
    return line;
  }
}
