package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs with locales, mounts and namespaces that are not those one expects. */
@Needs(Need.MEMORY_CGROUP)
class OddPlacesIT {

  private static final String WORKS = "3 Exited 137 OomKilled";

  @AfterEach
  void nothingIsLeft() {
    assertThat(Boxes.left()).isEmpty();
  }

  /** Where %d prints other digits, and where letters have other capitals. */
  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "tr-TR"})
  void anyLanguageWillDo(String tag) throws Exception {
    String[] parts = tag.split("-", 2);

    Map<String, String> found =
        Prober.run(
            Map.of(), List.of(), "-Duser.language=" + parts[0], "-Duser.country=" + parts[1]);

    assertThat(found).containsEntry("boxes", WORKS).containsEntry("left", "[]");
    assertThat(found.get("chosen")).isEqualTo(best());
  }

  @Test
  void soWillACharsetWithoutLetters() throws Exception {
    Map<String, String> found = Prober.run(Map.of("LC_ALL", "C"), List.of());

    assertThat(found).containsEntry("boxes", WORKS).containsEntry("chosen", best());
  }

  @Test
  @Needs(Need.ROOT)
  void aReadOnlySysIsToldAndStillRead() throws Exception {
    String script =
        "for m in $(awk '$3 ~ /^cgroup/ {print $2}' /proc/mounts); do"
            + " mount -o remount,bind,ro $m || exit; done";

    Map<String, String> found = Prober.run(Map.of(), Prober.sh(script, "unshare", "-m"));

    assertThat(found.get("current")).doesNotContain("Exception");
    assertThat(found).containsEntry("chosen", "none");
    assertThat(found.get(direct())).contains(" is mounted read-only");
    assertThat(found.get("boxes")).contains("no box can be made here: ");
  }

  @Test
  @Needs(Need.ROOT)
  void withoutACgroupFileSystemThatIsTheReason() throws Exception {
    Map<String, String> found =
        Prober.run(Map.of(), Prober.sh("umount -l /sys/fs/cgroup", "unshare", "-m"));

    assertThat(found).containsEntry("chosen", "none");
    assertThat(found.get("cgroupfs")).contains("no cgroup2 file system is mounted");
    assertThat(found.get("own")).contains("UnsupportedKernelException");
  }

  /** As a container may mask them; without all of /proc no JVM starts. */
  @ParameterizedTest
  @ValueSource(strings = {"cgroup", "mountinfo"})
  @Needs(Need.ROOT)
  void whatIsMaskedInProcIsTheReason(String file) throws Exception {
    String mask = "mount --bind /dev/null /proc/$$/" + file;
    // The JDK's own look for a container does not expect that: with cpusets, JDK 17 crashes.

    Map<String, String> found =
        Prober.run(Map.of(), Prober.sh(mask, "unshare", "-m"), "-XX:-UseContainerSupport");

    assertThat(found).containsEntry("chosen", "none");
    assertThat(found.get("cgroupfs")).isNotEmpty();
    assertThat(found.get("own")).contains("Exception: ");
  }

  @Test
  @Needs(Need.ROOT)
  void processesOfOthersNeedNotBeSeen() throws Exception {
    Map<String, String> found =
        Prober.run(Map.of(), Prober.sh("mount -t proc -o hidepid=2 proc /proc", "unshare", "-m"));

    assertThat(found).containsEntry("boxes", WORKS).containsEntry("left", "[]");
  }

  /** As in a container with its own cgroup namespace that holds all processes in its root. */
  @Test
  @Needs({Need.ROOT, Need.CGROUP_V2})
  void inTheRootOfANamespaceTheWayOutIsTold() throws Exception {
    Path top = Files.createDirectory(Boxes.freshCgroup());
    try {
      String inside = "echo 0 >" + top + "/cgroup.procs && exec unshare -m -C \"$@\"";
      String mount = "umount -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup";
      List<String> enter =
          List.of("sh", "-c", inside, "sh", "sh", "-c", mount + " && exec \"$@\"", "sh");

      Map<String, String> found = Prober.run(Map.of(), enter);

      assertThat(found).containsEntry("own", "/");
      assertThat(found.get("cgroupfs"))
          .contains("/sys/fs/cgroup holds processes and so can't hand the memory controller")
          .contains("move them into a child of it");
      assertThat(found).containsEntry("chosen", "none");
      assertThat(found.get("boxes")).contains("no box can be made here: ");
    } finally {
      assertThat(Await.until(() -> top.toFile().delete())).isTrue();
    }
  }

  /** And where somebody did as they were told. */
  @Test
  @Needs({Need.ROOT, Need.CGROUP_V2})
  void inALeafOfANamespaceBoxesAreMade() throws Exception {
    Path top = Files.createDirectory(Boxes.freshCgroup());
    Path leaf = Files.createDirectory(top.resolve("leaf"));
    try {
      String inside = "echo 0 >" + top + "/cgroup.procs && exec unshare -m -C \"$@\"";
      String move =
          "umount -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup"
              + " && echo 0 >/sys/fs/cgroup/leaf/cgroup.procs";
      List<String> enter =
          List.of("sh", "-c", inside, "sh", "sh", "-c", move + " && exec \"$@\"", "sh");

      Map<String, String> found = Prober.run(Map.of(), enter);

      assertThat(found).containsEntry("own", "/leaf").containsEntry("boxes", WORKS);
    } finally {
      assertThat(Await.until(() -> leaf.toFile().delete() && top.toFile().delete())).isTrue();
    }
  }

  private static String best() {
    return ScopeBackend.detect().orElseThrow().toString();
  }

  private static String direct() {
    return Boxes.backends().reduce((first, last) -> last).orElseThrow().toString();
  }
}
