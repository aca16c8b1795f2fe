package io.github.oom4j.cgroup;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.guest.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An empty cgroup of version 2 to put processes in, whether or not it accounts memory: hybrid hosts
 * have such a hierarchy beside version 1.
 */
final class PlainCgroup implements AutoCloseable {

  private static final Path HYBRID = Path.of("/sys/fs/cgroup/unified");

  private final Path path;

  PlainCgroup() throws IOException {
    path = Files.createDirectory(parent().resolve(Boxes.freshName()));
  }

  private static Path parent() {
    if (Need.CGROUP_V2.missing().isEmpty()) {
      return Boxes.directParent();
    }
    assumeTrue(Files.isWritable(HYBRID), "no cgroup2 file system that this process may write to");
    return HYBRID;
  }

  Path path() {
    return path;
  }

  Cgroup cgroup() {
    return Cgroup.at(path);
  }

  /** Returns when it is in there; it ends with the end of its standard input. */
  Process enter() throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", "echo $$ >'" + path + "/cgroup.procs'; echo in; exec cat")
            .start();
    process.inputReader().readLine();
    return process;
  }

  static void leave(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }

  @Override
  public void close() {
    new CgroupTree(path).remove(Duration.ofSeconds(10));
  }
}
