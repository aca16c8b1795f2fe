package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Tests whose boxes are recorded. */
@Needs(Need.MEMORY_CGROUP)
class TestTimelineIT {

  private static final String NAME = "io.github.oom4j.junit.TestTimelineIT_Sample.";

  static class Sample {

    @Test
    @RunInMemoryLimit(value = "96M", jvmArgs = "-Xmx1g")
    void isKilled() {
      List<byte[]> all = new ArrayList<>();
      while (all.size() < 1000) {
        all.add(new byte[1 << 20]);
      }
    }

    @Test
    @RunInMemoryLimit("256M")
    void passes() {}

    @Test
    void failsByItself(@MemoryLimit("32M") MemoryScope box) throws Exception {
      box.start("true").waitFor();
      box.start("sh", "-c", "exec dd if=/dev/zero of=/dev/null bs=64M count=1 2>&1").waitFor();
      Assertions.fail("the sum is wrong");
    }
  }

  static class AfterSample {

    @Test
    void passes(@MemoryLimit("32M") MemoryScope box) throws Exception {
      box.start("true").waitFor();
    }

    @AfterEach
    void fails() {
      Assertions.fail("the books do not balance");
    }
  }

  static class AbortedSample {

    @Test
    void isAborted(@MemoryLimit("32M") MemoryScope box) throws Exception {
      box.start("true").waitFor();
      Assumptions.abort("not today");
    }
  }

  private static EngineExecutionResults run(Path directory, String method, Class<?>... types) {
    return run(Sample.class, directory, method, types);
  }

  private static EngineExecutionResults run(
      Class<?> tests, Path directory, String method, Class<?>... types) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(DiscoverySelectors.selectMethod(tests, method, types))
        .configurationParameter(TestTimeline.DIRECTORY, directory.toString())
        .execute();
  }

  private static String only(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return Files.readString(files.reduce((a, b) -> null).orElseThrow());
    }
  }

  @Test
  void theFailureOfATestThatIsKilledNamesTheFile(@TempDir Path directory) throws Exception {
    Throwable failure = Runs.failures(run(directory, "isKilled")).values().iterator().next();

    assertThat(failure).hasMessageContaining("picture  " + directory.resolve(NAME + "isKilled"));
    assertThat(only(directory))
        .contains("<h1>Sample.isKilled in 96M</h1>", "OOM kill", "memory.max 96 MiB");
  }

  @Test
  void aTestThatPassesTellsTheFileInItsReport(@TempDir Path directory) throws Exception {
    EngineExecutionResults results = run(directory, "passes");

    assertThat(Runs.entries(results))
        .containsEntry("oom4j.timeline", directory.resolve(NAME + "passes.html").toString());
    assertThat(only(directory)).contains("Exited with code 0").doesNotContain("OOM kill:");
  }

  @Test
  void eachBoxThatATestStartsHasAFileAndItsFailureNamesThem(@TempDir Path directory)
      throws Exception {
    Throwable failure =
        Runs.failures(run(directory, "failsByItself", MemoryScope.class))
            .values()
            .iterator()
            .next();

    Path first = directory.resolve(NAME + "failsByItself_io.github.oom4j.cgroup.MemoryScope.html");
    Path second =
        directory.resolve(NAME + "failsByItself_io.github.oom4j.cgroup.MemoryScope-2.html");
    assertThat(failure).hasMessage("the sum is wrong");
    assertThat(failure.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("timeline of the box: " + first, "timeline of the box: " + second);
    assertThat(Files.readString(second)).contains("OOM kill");
  }

  @Test
  void aFailureAfterTheTestNamesThemToo(@TempDir Path directory) {
    EngineExecutionResults results = run(AfterSample.class, directory, "passes", MemoryScope.class);

    Throwable failure = Runs.failures(results).values().iterator().next();
    assertThat(failure).hasMessage("the books do not balance");
    assertThat(failure.getSuppressed())
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("timeline of the box: " + directory);
  }

  @Test
  void anAbortedTestIsNoFailure(@TempDir Path directory) {
    EngineExecutionResults results =
        run(AbortedSample.class, directory, "isAborted", MemoryScope.class);

    TestExecutionResult aborted =
        results.testEvents().aborted().stream()
            .map(event -> event.getRequiredPayload(TestExecutionResult.class))
            .findFirst()
            .orElseThrow();
    assertThat(aborted.getThrowable().orElseThrow())
        .hasMessage("not today")
        .hasNoSuppressedExceptions();
  }
}
