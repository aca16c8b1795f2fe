package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.KernelIoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTreeTest {

  @TempDir Path dir;

  @Test
  void whatCanNotBeRemovedIsNamedWithWhatIsInIt() throws Exception {
    Path nested = Files.createDirectories(dir.resolve("box/nested"));
    long self = ProcessHandle.current().pid(); // which it does not kill
    Files.writeString(nested.resolve("cgroup.procs"), self + "\n0\n");

    assertThatExceptionOfType(KernelIoException.class)
        .isThrownBy(() -> new CgroupTree(dir.resolve("box")).remove(Duration.ZERO))
        .withMessageStartingWith("could not remove cgroup " + dir.resolve("box") + ": ")
        .withMessageEndingWith("; still in it: [" + self + "]");
  }

  @Test
  void anInterruptIsKeptAndTheTreeIsRemoved() throws Exception {
    Files.createDirectories(dir.resolve("box/a/b"));
    Thread.currentThread().interrupt();

    new CgroupTree(dir.resolve("box")).remove(Duration.ofSeconds(10));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(dir.resolve("box")).doesNotExist();
  }

  @Test
  void aTreeThatIsGoneIsRemovedAlready() {
    new CgroupTree(dir.resolve("none")).remove(Duration.ZERO);

    assertThat(new CgroupTree(dir.resolve("none")).nested()).isEmpty();
  }
}
