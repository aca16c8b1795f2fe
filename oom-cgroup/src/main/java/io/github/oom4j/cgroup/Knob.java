package io.github.oom4j.cgroup;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of cgroup v2 that changes a cgroup (Documentation/admin-guide/cgroup-v2.rst), and what it
 * takes to have it.
 */
enum Knob {
  MEMORY_MAX("memory.max", "the memory controller of cgroup v2"),
  MEMORY_HIGH("memory.high", "the memory controller of cgroup v2"),
  MEMORY_LOW("memory.low", "the memory controller of cgroup v2"),
  MEMORY_MIN("memory.min", "cgroup v2 and kernel 4.18"),
  SWAP_MAX("memory.swap.max", "cgroup v2 and a kernel with swap, not booted with swapaccount=0"),
  ZSWAP_MAX("memory.zswap.max", "cgroup v2 and kernel 5.19, built with zswap"),
  OOM_GROUP("memory.oom.group", "cgroup v2 and kernel 4.19"),
  PIDS_MAX("pids.max", "the pids controller of cgroup v2, handed down by the cgroup above"),
  FREEZE("cgroup.freeze", "cgroup v2 and kernel 5.2"),
  RECLAIM("memory.reclaim", "cgroup v2 and kernel 5.19"),
  PEAK("memory.peak", "cgroup v2 and kernel 6.12 (5.19 has it, but can't reset it)");

  private final String file;
  private final String takes;

  Knob(String file, String takes) {
    this.file = file;
    this.takes = takes;
  }

  /** Its name, such as {@code memory.max}. */
  String file() {
    return file;
  }

  boolean isIn(Path box) {
    return Files.exists(box.resolve(file));
  }

  /**
   * The file in a box.
   *
   * @throws UnsupportedKernelException if this kernel has none
   * @throws KernelIoException if the box is gone
   */
  Path in(Path box) {
    Path path = box.resolve(file);
    if (Files.exists(path)) {
      return path;
    }
    CgroupFile.need(box, "use " + file);
    throw unsupported("no " + path);
  }

  UnsupportedKernelException unsupported(String why) {
    return new UnsupportedKernelException(
        "could not use %s: %s; it takes %s".formatted(file, why, takes));
  }

  void write(Path box, String value) {
    in(box);
    CgroupFile.write(box, file, value, "");
  }
}
