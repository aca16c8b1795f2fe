package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.Captured;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupPathsTest {

  @Test
  void findsBothHierarchiesOfAHybridHost() {
    CgroupPaths paths = captured("firecracker-6.18", "cgroup");

    assertThat(paths.v1Memory().name()).isEqualTo("/process_api/e0035faba39db16bad0497b2106c8360");
    assertThat(paths.v1Memory().directory())
        .isEqualTo(Path.of("/sys/fs/cgroup/memory/process_api/e0035faba39db16bad0497b2106c8360"));
    assertThat(paths.v2().directory()).isEqualTo(Path.of("/sys/fs/cgroup/unified"));
  }

  @Test
  void findsTheOneHierarchyOfAPureHost() {
    CgroupPaths paths = captured("uml-6.1", "cgroup");

    assertThat(paths.v2().directory()).asString().startsWith("/sys/fs/cgroup/system.slice/run-u");
    assertThat(paths.v2().name()).startsWith("/system.slice/run-u").endsWith("/job");
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(paths::v1Memory)
        .withMessage("the memory controller is not in a cgroup v1 hierarchy");
  }

  @Test
  void inANamespaceTheMountThatShowsTheCgroupIsChosen() {
    CgroupPaths paths = captured("firecracker-6.18-cgroupns", "cgroup");

    // The mounts made outside have roots such as /../../.. and show nothing that has a name here.
    assertThat(paths.v1Memory().directory()).isEqualTo(Path.of("/tmp/ns/m/inner"));
    assertThat(paths.v2().directory()).isEqualTo(Path.of("/tmp/ns/a b"));
  }

  @Test
  void aProcessOutsideOfTheNamespaceHasNoDirectory() {
    CgroupPaths paths = captured("firecracker-6.18-cgroupns", "cgroup-of-1");

    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(paths::v1Memory)
        .withMessage(
            "cgroup /../../.. is not visible below /sys/fs/cgroup/memory, which shows /../../.. and"
                + " what is below it");
  }

  @Test
  void whatIsNotMountedIsSaid() {
    CgroupPaths paths =
        CgroupPaths.parse(
            "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n",
            Captured.text("firecracker-6.18/cgroup"));

    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(paths::v1Memory)
        .withMessage("no cgroup file system with memory is mounted");
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(paths::v2)
        .withMessage("no cgroup2 file system is mounted");
  }

  @Test
  void aColonInANameBelongsToIt() {
    CgroupPaths paths =
        CgroupPaths.parse("1 2 0:3 / /c rw - cgroup2 none rw", "0::/a:b:memory:/c\n");

    assertThat(paths.v2().name()).isEqualTo("/a:b:memory:/c");
  }

  @Test
  void namesADirectoryAsTheKernelDoes() {
    CgroupPaths paths = captured("firecracker-6.18", "cgroup");

    assertThat(paths.nameOf(Path.of("/sys/fs/cgroup/memory/a/b"))).contains("/a/b");
    assertThat(paths.nameOf(Path.of("/sys/fs/cgroup/unified"))).contains("/");
    assertThat(paths.nameOf(Path.of("/home"))).isEmpty();
  }

  private static CgroupPaths captured(String host, String cgroup) {
    return CgroupPaths.parse(
        Captured.text(host + "/mountinfo"), Captured.text(host + "/" + cgroup));
  }
}
