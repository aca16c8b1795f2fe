package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.Captured;
import io.github.oom4j.internal.RawPath;
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
  void aProcessOutsideOfTheNamespaceIsFoundInAMountFromOutside() {
    CgroupPaths paths = captured("firecracker-6.18-cgroupns", "cgroup-of-1");

    assertThat(paths.v1Memory().directory()).isEqualTo(Path.of("/sys/fs/cgroup/memory"));
    assertThat(paths.v2().directory()).isEqualTo(Path.of("/sys/fs/cgroup/unified"));
    assertThat(captured("qemu-6.1/proc/ns-mounted", "cgroup-of-1").v2().directory())
        .isEqualTo(Path.of("/sys/fs/cgroup/init.scope"));
  }

  @Test
  void inANamespaceWithoutAMountOfItsOwnTheCgroupCanNotBeTold() {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(captured("qemu-6.1/proc/ns-bare", "cgroup")::v2)
        .withMessage(
            "cgroup / is not visible below /sys/fs/cgroup, which shows /../../../.. and what is"
                + " below it; in a cgroup namespace, 'mount -t cgroup2 none DIRECTORY' shows what"
                + " belongs to it");
    // Two levels up and down again: its name there is not told.
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(captured("qemu-6.1/proc/ns-bare", "cgroup-of-parent")::v2)
        .withMessageStartingWith("cgroup /../../job is not visible below /sys/fs/cgroup");
    assertThat(captured("qemu-6.1/proc/ns-mounted", "cgroup").v2().directory())
        .isEqualTo(Path.of("/tmp/c g"));
  }

  @Test
  void theCgroupOfAZombieMayBeRemoved() {
    CgroupPaths paths =
        CgroupPaths.parse(
            Captured.text("qemu-6.1/proc/self/mountinfo"),
            Captured.text("qemu-6.1/proc/zombie/cgroup"));

    assertThatExceptionOfType(CgroupGoneException.class)
        .isThrownBy(paths::v2)
        .withMessage("cgroup /system.slice/run-u4.service/gone was removed");
  }

  @Test
  void anyBytesCanBeAName() {
    String mounts = Captured.text("qemu-6.1/proc/self/mountinfo");
    String slice = "/sys/fs/cgroup/system.slice/run-u4.service/odd/";
    CgroupPaths.Place raw =
        CgroupPaths.parse(mounts, Captured.bytes("qemu-6.1/proc/odd1/cgroup")).v2();

    assertThat(RawPath.bytes(raw.directory())).isEqualTo(slice + "lab-\u00ff\u00fe");
    assertThat(raw.name()).isEqualTo("/system.slice/run-u4.service/odd/lab-\uFFFD\uFFFD");
    assertThat(
            CgroupPaths.parse(mounts, Captured.text("qemu-6.1/proc/odd2/cgroup")).v2().directory())
        .isEqualTo(Path.of(slice + "a:b c\\x2d"));
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
