package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM in a cgroup namespace, as in a container: the middle one of three levels is its root. */
@Needs({Need.ROOT, Need.MEMORY_CGROUP})
class CgroupNamespaceIT {

  /** In v2 a cgroup that hands a controller down can hold no process, and vice versa. */
  private static final String KEEP = "echo -memory >\"$middle/cgroup.subtree_control\"";

  private static final String HAND_DOWN =
      "echo +memory >\"$middle/cgroup.subtree_control\" && echo 448M >\"$inner/memory.max\"";

  @TempDir Path dir;

  @Test
  void theLimitIsFoundUpToTheBoundaryAndTheRestIsSaidToBeHidden() throws Exception {
    Path mount = Files.createDirectory(dir.resolve("c g"));
    try (Levels levels = new Levels(320, 384, 448)) {
      List<String> seen = look(levels, mount);

      assertThat(seen)
          .contains(
              "path " + mount.resolve(levels.get(2).getFileName()),
              "name /" + levels.get(2).getFileName(),
              "max 448Mi",
              "above /",
              // Seen through the mount that was made outside of the namespace.
              "init " + Cgroup.of(1).path());
      if (levels.isV2()) {
        assertThat(seen)
            .contains(
                "limit 384Mi: memory.max of cgroup /; cgroups above that are hidden from this"
                    + " process may allow less",
                "holder CGROUP");
      } else {
        assertThat(seen)
            .contains(
                "limit 320Mi: memory.max of a cgroup above that is hidden from this process",
                "holder HIDDEN_CGROUP");
      }
    }
  }

  /** Enters the namespace from the middle level, then goes down to where it may run. */
  private static List<String> look(Levels levels, Path mount) throws Exception {
    String type = levels.isV2() ? "cgroup2" : "cgroup -o memory";
    String java = quoted(Boxes.java(NamespaceReader.class, "1"));
    String inside =
        "echo $$ >'%s/cgroup.procs' && %s && mount -t %s none '%s' && exec %s"
            .formatted(levels.get(2), levels.isV2() ? HAND_DOWN : "true", type, mount, java);
    String outside =
        "%s; echo $$ >'%s/cgroup.procs' && exec unshare -Cm sh -c \"$0\""
            .formatted(levels.isV2() ? KEEP : "true", levels.get(1));
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", outside, inside);
    builder.environment().put("middle", levels.get(1).toString());
    builder.environment().put("inner", levels.get(2).toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> seen = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as("what it saw: %s", seen).isZero();
    return seen;
  }

  private static String quoted(List<String> command) {
    return "'" + String.join("' '", command) + "'";
  }
}
