package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.Captured;
import io.github.oom4j.internal.Mount;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountTest {

  @Test
  void readsTheMountsOfAHybridHost() {
    List<Mount> mounts = Mount.parse(Captured.text("firecracker-6.18/mountinfo"));

    assertThat(mounts)
        .contains(
            new Mount(
                "/",
                Path.of("/sys/fs/cgroup/memory"),
                "cgroup",
                Set.of("rw", "relatime", "memory")),
            new Mount("/", Path.of("/sys/fs/cgroup/unified"), "cgroup2", Set.of("rw", "relatime")));
  }

  @Test
  void optionalFieldsAreSkipped() {
    assertThat(Mount.parse(Captured.text("uml-6.1/mountinfo")))
        .filteredOn(mount -> mount.type().equals("cgroup2"))
        .singleElement()
        .satisfies(
            mount -> {
              assertThat(mount.point()).isEqualTo(Path.of("/sys/fs/cgroup"));
              assertThat(mount.options()).contains("nsdelegate", "memory_recursiveprot");
              assertThat(mount.isReadOnly()).isFalse();
            });
  }

  @Test
  void aBlankInAMountPointIsUnescaped() {
    assertThat(Mount.parse(Captured.text("firecracker-6.18-cgroupns/mountinfo")))
        .filteredOn(mount -> mount.type().equals("cgroup2"))
        .extracting(mount -> mount.point().toString())
        .contains("/tmp/ns/a b");
  }

  @Test
  void linesOfAnotherFormAreSkipped() {
    assertThat(Mount.parse("")).isEmpty();
    assertThat(Mount.parse("\0\n- - - - - - - - -\n1 2 3\n")).isEmpty();
    assertThat(Mount.parse("1 2 0:3 / /c rw shared:1 cgroup2 none rw")).as("no dash").isEmpty();
    assertThat(Mount.parse("1 2 0:3 / /c rw - cgroup2 none")).as("cut off").isEmpty();
  }

  @Test
  void aBackslashThatIsNoEscapeStays() {
    assertThat(mount("1 2 0:3 /\\1 /x\\ rw - cgroup2 none rw"))
        .isEqualTo(new Mount("/\\1", Path.of("/x\\"), "cgroup2", Set.of("rw")));
  }

  @Test
  void readOnlyIsEitherTheMountOrTheFileSystem() {
    assertThat(mount("1 2 0:3 / /c ro - cgroup2 none rw").isReadOnly()).isTrue();
    assertThat(mount("1 2 0:3 / /c rw shared:1 master:2 - cgroup2 none ro").isReadOnly()).isTrue();
    assertThat(mount("1 2 0:3 / /c rw,errors=remount-ro - cgroup2 none rw").isReadOnly()).isFalse();
  }

  @Test
  void aCgroupIsFoundBelowTheRootOfItsMount() {
    Mount whole = mount("1 2 0:3 / /c rw - cgroup2 none rw");
    Mount part = mount("1 2 0:3 /docker/a /c rw - cgroup2 none rw");

    assertThat(whole.directoryOf("/")).contains(Path.of("/c"));
    assertThat(whole.directoryOf("/a/b")).contains(Path.of("/c/a/b"));
    assertThat(part.directoryOf("/docker/a")).contains(Path.of("/c"));
    assertThat(part.directoryOf("/docker/a/b")).contains(Path.of("/c/b"));
    assertThat(part.directoryOf("/docker/ab")).isEmpty();
    assertThat(part.directoryOf("/docker")).isEmpty();
    assertThat(part.directoryOf("/")).isEmpty();
  }

  @Test
  void aCgroupOutsideOfTheNamespaceIsNotFound() {
    Mount whole = mount("1 2 0:3 / /c rw - cgroup2 none rw");

    assertThat(whole.directoryOf("/../other")).isEmpty();
    assertThat(whole.directoryOf("/..")).isEmpty();
    assertThat(whole.directoryOf("/..a")).contains(Path.of("/c/..a"));
  }

  @Test
  void namesAreTheInverseOfDirectories() {
    Mount part = mount("1 2 0:3 /docker/a /c rw - cgroup2 none rw");

    assertThat(part.nameOf(Path.of("/c"))).contains("/docker/a");
    assertThat(part.nameOf(Path.of("/c/b"))).contains("/docker/a/b");
    assertThat(part.nameOf(Path.of("/other"))).isEmpty();
    assertThat(mount("1 2 0:3 / /c rw - cgroup2 none rw").nameOf(Path.of("/c/b"))).contains("/b");
    assertThat(mount("1 2 0:3 / /c rw - cgroup2 none rw").nameOf(Path.of("/c"))).contains("/");
  }

  private static Mount mount(String line) {
    return Mount.parse(line).get(0);
  }
}
