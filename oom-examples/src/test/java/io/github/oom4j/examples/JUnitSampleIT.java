package io.github.oom4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample project for memory tests: its own tests are green, its three failures explain. */
@Needs(Need.MEMORY_CGROUP)
class JUnitSampleIT {

  private static final Path SAMPLE = Path.of("junit-sample/target").toAbsolutePath();

  @BeforeAll
  static void isBuilt() {
    assumeTrue(
        Files.isDirectory(SAMPLE.resolve("test-classes")), "the sample project is not built");
  }

  private record Run(int status, String output) {}

  /** By the console launcher, in a folder of its own, as its timelines go to target. */
  private static Run run(Path dir, String classNames) throws IOException, InterruptedException {
    String path =
        Stream.concat(
                Stream.of(SAMPLE.resolve("test-classes"), SAMPLE.resolve("classes"))
                    .map(Path::toString),
                Stream.of("java.class.path", "surefire.test.class.path")
                    .map(name -> System.getProperty(name, ""))
                    .filter(entries -> !entries.isEmpty()))
            .collect(Collectors.joining(File.pathSeparator));
    Path output = dir.resolve("output");
    ProcessBuilder java =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                path,
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=tree",
                "--select-package=com.example.catalogue",
                "--include-classname=" + classNames));
    java.directory(dir.toFile());
    java.environment().put("OOM4J_REQUIRE", "true");
    int status = java.redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
    return new Run(status, Files.readString(output));
  }

  @Test
  void isGreen(@TempDir Path dir) throws Exception {
    Run run = run(dir, ".*Test");

    assertThat(run.output)
        .containsPattern(" 11 tests successful ")
        .containsPattern(" 0 tests failed ");
    assertThat(run.status).isZero();
    assertThat(dir.resolve("target/memory/copying.html")).isNotEmptyFile();
  }

  @Test
  void failsOnPurposeInWordsThatExplain(@TempDir Path dir) throws Exception {
    Run run = run(dir, ".*DeliberateFailures");

    assertThat(run.status).isEqualTo(1);
    assertThat(run.output)
        .containsPattern(" 3 tests failed ")
        .contains("The test ran out of its memory limit of 128Mi, and the kernel killed its JVM.")
        .contains("(-Xmx128m) in a box of 128Mi leaves ", "Both can't fit: give the box at least ")
        .contains("Expected the command to survive in its box, but:", "limit    64Mi")
        .contains("aTestThatNeverEnds() timed out after 10 seconds")
        .contains("The test did not end in time; its box was killed, with everything in it.");
  }
}
