package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a box would be made, in directories that look like cgroups. */
class CgroupV2BackendTest {

  private static final String NOT_ROOT = "domain\n";

  @TempDir Path top;

  @BeforeEach
  void aRootWithTheController() throws IOException {
    cgroup("", "cpu memory", "cpu memory", "1\n");
  }

  @Test
  void besideTheJvmWhereTheParentHandsMemoryDown() throws IOException {
    cgroup("system.slice", "cpu memory", "memory", "");
    Path own = cgroup("system.slice/app.service", "memory", "", "17\n");

    assertThat(CgroupV2Backend.parent(mount(), own)).isEqualTo(top.resolve("system.slice"));
  }

  @Test
  void belowTheJvmWhereItIsInTheRoot() {
    assertThat(CgroupV2Backend.parent(mount(), top)).isEqualTo(top);
  }

  @Test
  void inTheRootAlsoIfMemoryMustFirstBeHandedDown() throws IOException {
    Files.writeString(top.resolve("cgroup.subtree_control"), "\n");

    assertThat(CgroupV2Backend.parent(mount(), top)).isEqualTo(top);
  }

  @Test
  void inAnEmptyCgroupAboveIfMemoryMustFirstBeHandedDown() throws IOException {
    cgroup("delegated", "cpu memory", "cpu", "");
    Path own = cgroup("delegated/jvm", "cpu", "", "17\n");

    assertThat(CgroupV2Backend.parent(mount(), own)).isEqualTo(top.resolve("delegated"));
  }

  @Test
  void notInTheRootOfANamespaceThatHoldsTheJvm() throws IOException {
    Files.writeString(top.resolve("cgroup.type"), NOT_ROOT);
    Files.writeString(top.resolve("cgroup.subtree_control"), "\n");

    refused(
        mount(),
        top,
        top
            + " holds processes and so can't hand the memory controller to a child; move them into"
            + " a child of it, then write +memory to its cgroup.subtree_control");
  }

  @Test
  void notInAThreadedCgroup() throws IOException {
    Files.writeString(top.resolve("cgroup.type"), "domain threaded\n");

    refused(mount(), top, top + " is domain threaded");
  }

  @Test
  void notWithoutTheController() throws IOException {
    Files.writeString(top.resolve("cgroup.controllers"), "cpu hugetlb\n");

    refused(
        mount(),
        top,
        "memory controller not available: " + top + "/cgroup.controllers does not list memory");
  }

  @Test
  void notThroughAReadOnlyMount() {
    refused(new Mount("/", top, "cgroup2", Set.of("ro")), top, top + " is mounted read-only");
  }

  private Mount mount() {
    return new Mount("/", top, "cgroup2", Set.of("rw"));
  }

  private static void refused(Mount mount, Path own, String message) {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> CgroupV2Backend.parent(mount, own))
        .withMessage(message);
  }

  private Path cgroup(String name, String controllers, String handedDown, String processes)
      throws IOException {
    Path dir = Files.createDirectories(top.resolve(name));
    Files.writeString(dir.resolve("cgroup.controllers"), controllers + "\n");
    Files.writeString(dir.resolve("cgroup.subtree_control"), handedDown + "\n");
    Files.writeString(dir.resolve("cgroup.procs"), processes);
    if (!name.isEmpty()) {
      Files.writeString(dir.resolve("cgroup.type"), NOT_ROOT);
    }
    return dir;
  }
}
