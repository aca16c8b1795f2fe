package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LimitScope;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.cgroup.internal.PidNamespace;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A JVM in a PID namespace of its own, where the kernel's log numbers processes otherwise. */
@Needs({Need.GUEST, Need.ROOT, Need.CGROUP_V2, Need.MEMORY_CGROUP, Need.KMSG})
class PidNamespaceIT {

  /** Runs each argument as a shell's script in a box and prints the verdicts, one a line. */
  static final class Runner {
    private Runner() {}

    public static void main(String[] scripts) throws Exception {
      for (String script : scripts) {
        try (ScopedProcess job = Boxes.ofMebibytes(64).start("sh", "-c", script)) {
          ExitVerdict verdict = job.waitFor().verdict();
          System.out.println(
              Stream.of(
                      verdict.getClass().getSimpleName(),
                      verdict instanceof ExitVerdict.OomKilled killed
                          ? killed.scope()
                          : ((ExitVerdict.DescendantOomKilled) verdict).scope(),
                      verdict.confidence(),
                      verdict.evidence().kernelPid().isPresent(),
                      verdict.evidence().kernelRecords().size(),
                      verdict.explain())
                  .map(String::valueOf)
                  .reduce((a, b) -> a + "|" + b)
                  .orElseThrow());
        }
      }
    }
  }

  @Test
  void theBoxTellsWhatThePidCanNot() throws Exception {
    assertThat(OomKillSource.find()).as("guest/test has oom-kmsg on the path").isPresent();
    List<String> command =
        new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Runner.class.getName(),
            "exec " + Boxes.hog(300),
            Boxes.hog(300) + "; exit 137",
            Boxes.hog(300) + "; exit 5"));
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> printed =
        new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();

    assertThat(jvm.waitFor()).isZero();
    assertThat(printed).hasSize(3);
    String own = LimitScope.OWN_LIMIT + "|CERTAIN|false|1|";
    assertThat(printed.get(0)).startsWith("OomKilled|" + own).contains("is in a PID namespace");
    assertThat(printed.get(1)).startsWith("DescendantOomKilled|" + own);
    assertThat(printed.get(2)).startsWith("DescendantOomKilled|" + own);
  }

  @Test
  void inTheInitialNamespaceAPidIsTheKernels() {
    assertThat(PidNamespace.kernelPid(7)).hasValue(7);
  }
}
