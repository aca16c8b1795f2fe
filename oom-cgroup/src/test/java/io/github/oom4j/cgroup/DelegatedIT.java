package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Without root, in a subtree that root gave away; and without even that. */
@Needs({Need.ROOT, Need.MEMORY_CGROUP})
class DelegatedIT {

  /** The user nobody, who has no systemd of their own. */
  private static final int NOBODY_SPECIAL = 65534;

  @Test
  @Tag("slow")
  void anUnprivilegedJvmMakesBoxesInItsSubtree() throws Exception {
    Path top = Boxes.freshCgroup();
    Path own = Files.createDirectories(top.resolve("jvm"));
    try {
      sh("chown -R " + NOBODY_SPECIAL + " " + top);

      assertThat(runIn(own, "sh", "-c", "exec " + Boxes.hog(300))).isEqualTo("137");
      assertThat(runIn(own, "id", "-u")).isEqualTo("" + NOBODY_SPECIAL);
      assertThat(runIn(own, "sh", "-c", "(setsid sleep 1000 >&- 2>&- &); exit 3")).isEqualTo("3");
      assertThat(new CgroupTree(top).nested()).containsExactly(own);
    } finally {
      remove(own);
      remove(top);
    }
  }

  @Test
  void withoutASubtreeTheReasonIsTold() throws Exception {
    Path own = Cgroup.self().path();

    assertThat(runIn(own, "true")).contains("Exception").contains("is not writable");
  }

  private static String runIn(Path cgroup, String... command) throws Exception {
    String script =
        "echo 0 >'%s/cgroup.procs'; exec setpriv --reuid %d --clear-groups \"$@\""
            .formatted(cgroup, NOBODY_SPECIAL);
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "x"));
    words.addAll(Boxes.java(OomScoreAdjIT.Runner.class, command));
    Process jvm = new ProcessBuilder(words).redirectErrorStream(true).start();
    return new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static void sh(String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor()).isZero();
  }

  private static void remove(Path cgroup) {
    assertThat(
            Await.until(
                () -> {
                  try {
                    return Files.deleteIfExists(cgroup) || Files.notExists(cgroup);
                  } catch (IOException e) {
                    return false;
                  }
                }))
        .isTrue();
  }
}
