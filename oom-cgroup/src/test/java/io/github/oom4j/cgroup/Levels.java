package io.github.oom4j.cgroup;

import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Cgroups of either version, one in the other, each with a limit, and processes in them. */
final class Levels implements AutoCloseable {

  private final List<Path> levels = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  /** The limits are in MiB, the topmost first. */
  Levels(long... limits) throws IOException {
    Path next = Boxes.freshCgroup();
    for (long limit : limits) {
      Path level = Files.createDirectory(next);
      levels.add(level);
      KernelFile.write(
          level.resolve(isV2() ? "memory.max" : "memory.limit_in_bytes"),
          Long.toString(limit << 20));
      if (levels.size() < limits.length) {
        handDown(level);
      }
      next = level.resolve("below");
    }
  }

  boolean isV2() {
    return Files.exists(get(0).resolve("cgroup.controllers"));
  }

  /** Gives those in a cgroup the memory controller; v1 always does. */
  void handDown(Path cgroup) throws IOException {
    if (isV2()) {
      KernelFile.write(cgroup.resolve("cgroup.subtree_control"), "+memory");
    }
  }

  Path get(int level) {
    return levels.get(level);
  }

  /** A shell that runs a script as soon as it is in a cgroup. */
  Process run(Path cgroup, String script) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", "read go; exec sh -c \"$0\"", script)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    processes.add(process);
    KernelFile.write(cgroup.resolve("cgroup.procs"), Long.toString(process.pid()));
    process.getOutputStream().write("\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    return process;
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    new CgroupTree(get(0)).remove(Duration.ofSeconds(10));
  }
}
