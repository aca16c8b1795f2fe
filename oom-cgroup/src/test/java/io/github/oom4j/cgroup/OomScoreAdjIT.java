package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.DeniedException;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The command's own oom_score_adj, whatever that of this JVM is. */
@Needs(Need.MEMORY_CGROUP)
class OomScoreAdjIT {

  @Test
  void aHigherValueIsSet() throws Exception {
    assertThat(adjOf(MemoryScope.builder().oomScoreAdj(700))).isEqualTo("700\n");
    assertThat(adjOf(MemoryScope.builder().oomScoreAdj(1000))).isEqualTo("1000\n");
  }

  @Test
  @Needs(Need.CAP_SYS_RESOURCE)
  void aLowerValueIsSetIfThatIsAllowed() throws Exception {
    assertThat(adjOf(MemoryScope.builder().oomScoreAdj(-500))).isEqualTo("-500\n");
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void aLowerValueIsDeniedOtherwiseAndNothingIsLeft() {
    Leftovers before = Leftovers.now();

    assertThatExceptionOfType(DeniedException.class)
        .isThrownBy(() -> adjOf(MemoryScope.builder().oomScoreAdj(-1000)))
        .withMessageStartingWith("could not set the command's oom_score_adj to -1000")
        .withMessageContaining("/proc/self/oom_score_adj")
        .withMessageContaining("CAP_SYS_RESOURCE")
        .withMessageContaining("the command was not started");
    before.assertNone();
  }

  @Test
  void aValueThatTheJvmRaisedItselfIsReset() throws Exception {
    String given = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
    Assumptions.assumeTrue(given.equals("0"), "this JVM was given an oom_score_adj of " + given);

    assertThat(printed("", "300", "cat", "/proc/self/oom_score_adj")).isEqualTo("0");
  }

  @Test
  @Needs({Need.ROOT, Need.CAP_SYS_RESOURCE})
  void aValueThatSomebodyPrivilegedRaisedStaysWhereTheKernelRefusesLess() throws Exception {
    String drop = "setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource";

    assertThat(printed(drop, "300", "cat", "/proc/self/oom_score_adj")).isEqualTo("300");
  }

  @Test
  @Needs(Need.CAP_SYS_RESOURCE)
  void theProtectionOfTheJvmIsNotInherited() throws Exception {
    assertThat(printed("", "-1000", "cat", "/proc/self/oom_score_adj")).isEqualTo("0");
    assertThat(printed("", "-1000", "sh", "-c", "exec " + Boxes.hog(300))).isEqualTo("137");
  }

  private static String adjOf(MemoryScope.Builder scope) throws Exception {
    try (ScopedProcess job =
        scope.memoryMax(ByteSize.mebibytes(64)).start("cat", "/proc/self/oom_score_adj")) {
      return new String(job.process().getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  /** What a command prints, or its exit value, in a box of a JVM with that value. */
  private static String printed(String through, String adj, String... command) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "echo " + adj + " >/proc/self/oom_score_adj; exec " + through + " \"$@\"",
                "x"));
    words.addAll(Boxes.java(Runner.class, command));
    Process jvm = new ProcessBuilder(words).redirectErrorStream(true).start();
    return new String(jvm.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
  }

  /** Runs its arguments in a box. */
  static final class Runner {
    public static void main(String[] command) throws Exception {
      try (ScopedProcess job = Boxes.ofMebibytes(64).start(command)) {
        String output =
            new String(job.process().getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        int exitValue = job.waitFor().exitValue();
        System.out.println(exitValue == 0 ? output : "" + exitValue);
      }
    }
  }
}
