package io.github.oom4j.kmsg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A memory cgroup without swap, version 1 or 2, in which processes are driven out of memory. Needs
 * root.
 */
final class OomBox implements AutoCloseable {

  private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
  private static final Path V2 = Path.of("/sys/fs/cgroup");

  private final Path cgroup;

  private OomBox(Path cgroup) {
    this.cgroup = cgroup;
  }

  static OomBox create() throws IOException {
    return create(32);
  }

  static OomBox create(int mebibytes) throws IOException {
    String limit = Integer.toString(mebibytes << 20);
    boolean v1 =
        Files.exists(V1.resolve("memory.limit_in_bytes")) || Files.exists(V1.resolve("tasks"));
    if (!v1) {
      Files.writeString(V2.resolve("cgroup.subtree_control"), "+memory");
    }
    // A name that no run had before, not even one that was cut off and left it.
    String name = "oom4j-kmsg-it-" + UUID.randomUUID();
    Path cgroup = (v1 ? V1 : V2).resolve(name);
    OomBox box = new OomBox(Files.createDirectory(cgroup));
    try {
      box.set(v1 ? "memory.limit_in_bytes" : "memory.max", limit);
      Path swap = cgroup.resolve(v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max");
      if (Files.exists(swap)) {
        Files.writeString(swap, v1 ? limit : "0");
      }
      return box;
    } catch (IOException e) {
      box.close();
      throw e;
    }
  }

  private void set(String file, String value) throws IOException {
    Files.writeString(cgroup.resolve(file), value);
  }

  String name() {
    return cgroup.getFileName().toString();
  }

  /** Runs a process in the box that reads an endless line; returns its PID when it is dead. */
  long kill() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "echo 0 > /proc/self/oom_score_adj; echo $$ > "
                    + cgroup.resolve("cgroup.procs")
                    + " && exec tail /dev/zero")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException("nobody killed it");
    }
    return process.pid();
  }

  /**
   * Runs many such processes, started at a steady pace; returns their PIDs when all are dead, which
   * only the OOM killer can bring about.
   */
  Set<Long> storm(int kills, int perSecond) throws IOException, InterruptedException {
    Path pids = Files.createTempFile("storm", ".pids");
    try {
      String script =
          "i=0; while [ $i -lt %d ]; do sh -c 'echo 0 > /proc/self/oom_score_adj; echo $$ >> %s;"
                  .formatted(kills, pids)
              + " echo $$ > %s && exec tail /dev/zero' & i=$((i + 1)); sleep %.3f; done; wait"
                  .formatted(cgroup.resolve("cgroup.procs"), 1.0 / perSecond);
      Process shell =
          new ProcessBuilder("sh", "-c", script)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!shell.waitFor(20 + 20L * kills / perSecond, TimeUnit.SECONDS)) {
        shell.destroyForcibly().waitFor();
        throw new IOException("nobody killed all");
      }
      return Files.readAllLines(pids).stream().map(Long::valueOf).collect(Collectors.toSet());
    } finally {
      Files.delete(pids);
    }
  }

  @Override
  public void close() throws IOException {
    // The dead leave a moment after they are waited for.
    for (int attempt = 0; ; attempt++) {
      try {
        Files.deleteIfExists(cgroup);
        return;
      } catch (IOException e) {
        if (attempt == 100) {
          throw e;
        }
        try {
          Thread.sleep(20);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }
}
