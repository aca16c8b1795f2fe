package io.github.oom4j.cgroup;

import io.github.oom4j.OomKillSource;
import io.github.oom4j.cgroup.internal.CgroupTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A box in a parent cgroup that may have a limit too; the command's end is judged on demand. */
final class NestedBox implements AutoCloseable {

  private final Path parent;
  private final Path box;
  private final Cgroup cgroup;
  private final Snapshot before;
  private final Instant started;
  private final Process process;

  /** Starts a shell in a new box; the limits are in MiB. */
  NestedBox(long parentMax, long boxMax, boolean group, String script) throws IOException {
    parent = Files.createDirectory(Boxes.freshCgroup());
    write(parent, "cgroup.subtree_control", "+memory");
    limit(parent, parentMax);
    box = Files.createDirectory(parent.resolve("box"));
    limit(box, boxMax);
    write(box, "memory.oom.group", group ? "1" : "0");
    cgroup = Cgroup.at(box);
    before = Snapshot.of(cgroup);
    started = Instant.now();
    process =
        new ProcessBuilder(
                "sh", "-c", "echo $$ >'" + box + "/cgroup.procs'; exec sh -c \"$1\"", "sh", script)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
  }

  private static void limit(Path cgroup, long mebibytes) throws IOException {
    write(cgroup, "memory.max", Long.toString(mebibytes << 20));
    Path swap = cgroup.resolve("memory.swap.max");
    if (Files.exists(swap)) {
      Files.writeString(swap, "0");
    }
  }

  private static void write(Path cgroup, String file, String value) throws IOException {
    Files.writeString(cgroup.resolve(file), value);
  }

  Path box() {
    return box;
  }

  Path parent() {
    return parent;
  }

  Process process() {
    return process;
  }

  /** Runs a shell beside the box, below the same parent. */
  int neighbour(String script) throws Exception {
    Path place = Files.createDirectory(parent.resolve("neighbour"));
    return new ProcessBuilder(
            "sh", "-c", "echo $$ >'" + place + "/cgroup.procs'; exec sh -c \"$1\"", "sh", script)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** The verdict with the kernel's log, where it can be read, and the one without. */
  List<ScopeResult> results() throws InterruptedException {
    int exitValue = process.waitFor();
    Snapshot after = Snapshot.afterExit(cgroup, exitValue);
    return List.of(
        autopsy().perform(exitValue, after, OomKillSource::find),
        autopsy().perform(exitValue, after, Optional::empty));
  }

  private Autopsy autopsy() {
    KernelRecords records = new KernelRecords("box", process.pid(), started);
    return new Autopsy(ScopeBackend.CGROUPFS, cgroup, before, records, process.pid());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    new CgroupTree(parent).remove(Duration.ofSeconds(10));
  }
}
