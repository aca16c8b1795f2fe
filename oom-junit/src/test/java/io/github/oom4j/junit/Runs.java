package io.github.oom4j.junit;

import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.guest.Await;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs sample test classes inside a test, and looks for what they leave. */
final class Runs {

  private Runs() {}

  static EngineExecutionResults of(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(DiscoverySelectors.selectClass(tests))
        .execute();
  }

  static EngineExecutionResults ofMethod(Class<?> tests, String method, Class<?>... parameters) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(DiscoverySelectors.selectMethod(tests, method, parameters))
        .execute();
  }

  /** What a test threw, by the display name of the test. */
  static Map<String, Throwable> failures(EngineExecutionResults results) {
    Map<String, Throwable> failures = new TreeMap<>();
    results.allEvents().finished().stream()
        .forEach(
            event ->
                event
                    .getRequiredPayload(TestExecutionResult.class)
                    .getThrowable()
                    .ifPresent(
                        thrown ->
                            failures.put(event.getTestDescriptor().getDisplayName(), thrown)));
    return failures;
  }

  /** The one failure of a method that is to fail. */
  static Throwable failure(Class<?> tests, String method, Class<?>... parameters) {
    Map<String, Throwable> failures = failures(ofMethod(tests, method, parameters));
    if (failures.size() != 1) {
      throw new AssertionError("not one failure: " + failures);
    }
    return failures.values().iterator().next();
  }

  static Map<String, String> entries(EngineExecutionResults results) {
    Map<String, String> entries = new TreeMap<>();
    results.allEvents().reportingEntryPublished().stream()
        .forEach(
            event ->
                entries.putAll(event.getRequiredPayload(ReportEntry.class).getKeyValuePairs()));
    return entries;
  }

  /** The boxes that this JVM made and that still exist; systemd removes its part a little later. */
  static List<Path> boxesLeft() {
    return boxesLeft(ProcessHandle.current().pid());
  }

  static List<Path> boxesLeft(long jvm) {
    Await.until(() -> boxes(jvm).isEmpty());
    return boxes(jvm);
  }

  /** systemd makes them in a slice below. */
  static List<Path> boxes(long jvm) {
    Path parent = ScopeBackend.detect().parent().orElseThrow();
    String name = "oom4j-" + jvm + "-";
    return Stream.concat(Stream.of(parent), children(parent, ".slice"))
        .flatMap(place -> children(place, ""))
        .filter(box -> box.getFileName().toString().startsWith(name))
        .toList();
  }

  private static Stream<Path> children(Path cgroup, String ending) {
    File[] files = cgroup.toFile().listFiles(file -> file.getName().endsWith(ending));
    return Stream.of(Objects.requireNonNullElse(files, new File[0]))
        .filter(File::isDirectory)
        .map(File::toPath);
  }

  /** Whether a sleep of that many seconds runs; not the shell that is about to become one. */
  static boolean isSleeping(String seconds) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::info)
        .anyMatch(
            process ->
                process.command().filter(command -> command.endsWith("sleep")).isPresent()
                    && Arrays.asList(process.arguments().orElse(new String[0])).contains(seconds));
  }
}
