package io.github.oom4j.junit;

import io.github.oom4j.ExitVerdict;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.junit.internal.ForkMain;
import io.github.oom4j.junit.internal.ForkReport;
import io.github.oom4j.junit.internal.ForkReport.Outcome;
import io.github.oom4j.junit.internal.ForkReport.Status;
import io.github.oom4j.junit.internal.ForkRequest;
import io.github.oom4j.junit.internal.ReportReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** One test that runs in a JVM of its own, in a box. */
final class BoxedTest {

  /** What may come from a launcher's request, where this JVM can't list it. */
  private static final List<String> PARAMETERS =
      List.of(
          "junit.jupiter.conditions.deactivate",
          "junit.jupiter.displayname.generator.default",
          "junit.jupiter.execution.timeout.default",
          "junit.jupiter.execution.timeout.mode",
          "junit.jupiter.execution.timeout.testable.method.default",
          "junit.jupiter.execution.timeout.lifecycle.method.default",
          "junit.jupiter.extensions.autodetection.enabled",
          "junit.jupiter.extensions.autodetection.include",
          "junit.jupiter.extensions.autodetection.exclude",
          "junit.jupiter.tempdir.cleanup.mode.default",
          "junit.jupiter.testclass.order.default",
          "junit.jupiter.testinstance.lifecycle.default",
          "junit.jupiter.testmethod.order.default");

  private static final long GRACE_MILLIS = 2_000;

  private final ExtensionContext context;
  private final Annotated<RunInMemoryLimit> annotated;
  private final RunInMemoryLimit limit;
  private final BoxSpec spec;

  BoxedTest(ExtensionContext context, Annotated<RunInMemoryLimit> annotated) {
    this.context = context;
    this.annotated = annotated;
    this.limit = annotated.annotation();
    this.spec = BoxSpec.of(limit, annotated.place());
  }

  /** Runs it; ends as it ended. */
  void run() throws Throwable {
    try {
      runInBox();
    } catch (BoxFailure e) {
      // Where it was thrown tells nothing; what to look at is the test.
      context
          .getTestMethod()
          .ifPresent(
              test ->
                  e.setStackTrace(
                      new StackTraceElement[] {
                        new StackTraceElement(
                            test.getDeclaringClass().getName(), test.getName(), null, -1)
                      }));
      throw e;
    }
  }

  private void runInBox() throws Throwable {
    Path directory = Files.createTempDirectory("oom4j-junit-");
    try {
      Path report = Files.createFile(directory.resolve(ForkMain.REPORT));
      try (InputStream in = Files.newInputStream(report)) {
        request().write(directory);
        ClassLoader classes = annotated.type().getClassLoader();
        MemoryScope box = spec.builder(context).build();
        List<String> arguments = new ArrayList<>(JvmCommand.sizedBy(box));
        arguments.addAll(List.of(limit.jvmArgs()));
        try (ScopedProcess jvm = start(box, JvmCommand.in(directory, classes, arguments))) {
          watch(jvm, in, classes);
        }
      }
    } finally {
      for (String file : ForkMain.FILES) {
        Files.deleteIfExists(directory.resolve(file));
      }
      Files.deleteIfExists(directory);
    }
  }

  private ForkRequest request() {
    Map<String, String> parameters = new TreeMap<>();
    for (String name : PARAMETERS) {
      context.getConfigurationParameter(name).ifPresent(value -> parameters.put(name, value));
    }
    // One test needs no threads for others.
    parameters.put("junit.jupiter.execution.parallel.enabled", "false");
    Map<String, String> properties = new TreeMap<>();
    System.getProperties()
        .stringPropertyNames()
        .forEach(name -> properties.put(name, System.getProperty(name, "")));
    return new ForkRequest(context.getUniqueId(), parameters, properties);
  }

  private ScopedProcess start(MemoryScope box, List<String> command) {
    try {
      ProcessBuilder jvm = new ProcessBuilder(command);
      JvmCommand.ENVIRONMENT.forEach(jvm.environment()::remove);
      return box.start(jvm);
    } catch (OomException e) {
      throw new BoxFailure(spec + ": the box could not be started: " + e.getMessage(), null, e);
    }
  }

  private void watch(ScopedProcess jvm, InputStream in, ClassLoader classes) throws Throwable {
    closeQuietly(jvm);
    BoxOutput output = new BoxOutput(jvm.process());
    boolean inTime;
    ScopeResult result;
    Recording recording = Recording.of(jvm);
    try (recording) {
      inTime = endsInTime(jvm, output);
      result = jvm.waitFor();
    }
    jvm.close();
    output.rest();
    ForkReport report = ReportReader.read(in, classes);
    report.entries().forEach(context::publishReportEntry);
    publish(result);
    Supplier<String> picture = picture(recording);
    BoxStory story = new BoxStory(spec, limit, result, report, output, picture);
    if (!inTime) {
      Thread.currentThread().interrupt();
      throw story.interrupted();
    }
    judge(story, result, report);
  }

  /** False if this thread was interrupted, as by a timeout; then the box is dead, too. */
  private static boolean endsInTime(ScopedProcess jvm, BoxOutput output) {
    try {
      output.untilExit();
      return true;
    } catch (InterruptedException e) {
      // Its shutdown hook tells where the test was.
      jvm.process().destroy();
      if (!output.untilExit(GRACE_MILLIS)) {
        jvm.kill();
        output.untilExit(GRACE_MILLIS);
      }
      return false;
    }
  }

  /** Drawn at once if a picture of every test is asked for, else when a failure wants it. */
  private Supplier<String> picture(Recording recording) {
    TestTimeline timeline = TestTimeline.of(context, spec.place() + " in " + spec.memoryMax());
    if (!timeline.always()) {
      return () -> recording.write(timeline);
    }
    String drawn = recording.write(timeline);
    context.publishReportEntry(TestTimeline.ENTRY, drawn);
    return () -> drawn;
  }

  private static void closeQuietly(ScopedProcess jvm) {
    try {
      jvm.process().getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  /** What a passing test is worth, too: in reports, and what it left behind also in the output. */
  private void publish(ScopeResult result) {
    Map<String, String> entry = new TreeMap<>();
    entry.put("oom4j.limit", result.verdict().evidence().memoryMax().toString());
    result.peak().ifPresent(peak -> entry.put("oom4j.peak", peak.toString()));
    entry.put("oom4j.backend", result.backend().toString());
    entry.put("oom4j.verdict", result.verdict().explain());
    if (!result.leftBehind().isEmpty()) {
      String left = BoxStory.leftBehind(result);
      entry.put("oom4j.left-behind", left);
      System.err.println("[oom4j] " + spec.place() + " left behind, killed now: " + left);
    }
    context.publishReportEntry(entry);
  }

  private void judge(BoxStory story, ScopeResult result, ForkReport report) throws Throwable {
    boolean killed = result.verdict() instanceof ExitVerdict.OomKilled;
    @Nullable Outcome outcome = report.outcome().orElse(null);
    if (limit.expect() == RunInMemoryLimit.Expect.OOM_KILLED) {
      if (!killed) {
        throw story.failure(
            story.survived(), outcome == null ? null : outcome.failure().orElse(null));
      }
      return;
    }
    if (killed || result.verdict() instanceof ExitVerdict.UserspaceOomKilled) {
      throw story.failure(story.killed(), null);
    }
    if (outcome == null) {
      throw story.failure(story.ended(), null);
    }
    if (outcome.status() == Status.OUT_OF_MEMORY_ERROR) {
      // Not as itself: JUnit would take it for an error of this JVM, and stop all tests.
      throw story.failure(story.outOfMemoryError(), outcome.failure().orElse(null));
    }
    if (outcome.failure().isPresent()) {
      Throwable failure = outcome.failure().get();
      // What could not be brought here as it was is an AssertionError now.
      throw outcome.status() == Status.ABORTED && !(failure instanceof TestAbortedException)
          ? new TestAbortedException(failure.getMessage(), failure)
          : failure;
    }
  }
}
