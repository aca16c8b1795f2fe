package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.Limit;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.junit.internal.ForkReport;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words for how a test in a box ended when it should not have ended so. */
final class BoxStory {

  /**
   * Enough for HotSpot 17 and 25 with JUnit 6.1 and a test that does nothing, on Linux 6.18 with
   * cgroup v1. With 40 to 48 MiB some were killed, with less than 40 all.
   */
  static final ByteSize SMALLEST_JVM = ByteSize.mebibytes(56);

  private final BoxSpec spec;
  private final RunInMemoryLimit annotation;
  private final ScopeResult result;
  private final ForkReport report;
  private final BoxOutput output;
  private final Supplier<String> picture;

  BoxStory(
      BoxSpec spec,
      RunInMemoryLimit annotation,
      ScopeResult result,
      ForkReport report,
      BoxOutput output,
      Supplier<String> picture) {
    this.spec = spec;
    this.annotation = annotation;
    this.result = result;
    this.report = report;
    this.output = output;
    this.picture = picture;
  }

  /** What a command left running in its box, as the kernel names processes. */
  static String leftBehind(ScopeResult result) {
    return result.leftBehind().stream()
        .map(process -> process.comm() + " (pid " + process.pid() + ")")
        .collect(Collectors.joining(", "));
  }

  /** The failure with that headline, and all the evidence below it. */
  BoxFailure failure(String headline, @Nullable Throwable cause) {
    StringBuilder text = new StringBuilder(headline);
    fact(text, "verdict", result.verdict().explain());
    evidence(text);
    return new BoxFailure(text.toString(), result, cause);
  }

  /** Somebody interrupted the thread that waited, as a timeout does, and so the box was killed. */
  BoxFailure interrupted() {
    StringBuilder text =
        new StringBuilder(
            "The test did not end in time; its box was killed, with everything in it.");
    evidence(text);
    return new BoxFailure(text.toString(), result, null);
  }

  private void evidence(StringBuilder text) {
    fact(text, "box", spec + ": " + spec.words() + ", made by " + result.backend());
    fact(text, "peak", result.peak().map(peak -> peak + " of " + limit()).orElse("not kept here"));
    advice().ifPresent(advice -> fact(text, "heap", advice));
    if (!report.ending().isEmpty()) {
      fact(text, "it was", "at " + stack(report.ending()));
    }
    fact(text, "picture", picture.get());
    fact(text, "output", output.amount());
    output.lastLines().forEach(line -> text.append("\n    | ").append(line));
    text.append('\n');
  }

  private static void fact(StringBuilder text, String name, String fact) {
    text.append("\n  %-8s %s".formatted(name, fact));
  }

  /** From whoever called exit, if somebody did, to where JUnit called the test. */
  private static String stack(List<StackTraceElement> stack) {
    int from = 0;
    for (int i = 0; i < stack.size(); i++) {
      if (is(stack.get(i), "java.lang.Runtime", "exit")) {
        from = i + 1;
      }
    }
    return stack.stream()
        .skip(from)
        .filter(frame -> !is(frame, "java.lang.System", "exit"))
        .takeWhile(
            frame ->
                !frame.getClassName().startsWith("jdk.internal.reflect.")
                    && !frame.getClassName().startsWith("org.junit."))
        .map(BoxStory::words)
        .collect(Collectors.joining("\n           at "));
  }

  private static boolean is(StackTraceElement frame, String type, String method) {
    return frame.getClassName().equals(type) && frame.getMethodName().equals(method);
  }

  private static String words(StackTraceElement frame) {
    return "%s.%s(%s%s)"
        .formatted(
            frame.getClassName(),
            frame.getMethodName(),
            frame.getFileName(),
            frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "");
  }

  /** Only where the memory of the JVM was the reason. */
  private Optional<String> advice() {
    HeapAdvice advice = new HeapAdvice(annotation.jvmArgs(), limit());
    if (result.verdict() instanceof ExitVerdict.OomKilled) {
      return report.start().flatMap(advice::afterKill);
    }
    return report
        .outcome()
        .filter(outcome -> outcome.status() == ForkReport.Status.OUT_OF_MEMORY_ERROR)
        .flatMap(outcome -> report.start())
        .flatMap(advice::afterOutOfMemoryError);
  }

  private Limit limit() {
    return result.verdict().evidence().memoryMax();
  }

  /** The kernel killed the JVM, and nobody expected that. */
  String killed() {
    if (report.start().isEmpty()) {
      return "The JVM was killed before it reached the test: "
          + limit()
          + " is less than it needs to start. A JVM with JUnit needs about "
          + SMALLEST_JVM
          + ", more with a large class path.";
    }
    return result.verdict() instanceof ExitVerdict.UserspaceOomKilled killed
        ? "The test was killed by " + killed.killer() + "."
        : "The test ran out of its memory limit of " + limit() + ", and the kernel killed its JVM.";
  }

  /** The kernel was to kill the JVM, and did not. */
  String survived() {
    String expected = "Expected the kernel to OOM-kill this test at " + limit() + ", but ";
    return expected
        + report
            .outcome()
            .map(
                outcome ->
                    switch (outcome.status()) {
                      case PASSED -> "it passed.";
                      case FAILED -> "it failed by itself; see the cause.";
                      case ABORTED -> "it was aborted; see the cause.";
                      case OUT_OF_MEMORY_ERROR ->
                          "the JVM threw OutOfMemoryError first: its heap is full before the box"
                              + " is. Give it a heap as large as the box: jvmArgs = \"-Xmx"
                              + limit().size().map(box -> (box.bytes() >> 20) + "m").orElse("...")
                              + "\".";
                    })
            .orElse("its JVM ended otherwise.");
  }

  /** The JVM ended before the test did, and nobody killed it for its memory. */
  String ended() {
    String code = " with exit value " + result.exitValue();
    if (result.verdict() instanceof ExitVerdict.Killed) {
      return "The JVM that ran the test was killed by a signal, not for its memory.";
    }
    if (report.start().isEmpty()) {
      return "The JVM did not start" + code + "; the output says why.";
    }
    return report.ending().isEmpty()
        ? "The JVM that ran the test ended before the test did" + code + "."
        : "The test called System.exit, which ended its JVM" + code + ".";
  }

  /** The JVM's own limit was hit. */
  String outOfMemoryError() {
    String message =
        report
            .outcome()
            .flatMap(outcome -> outcome.failure())
            .map(String::valueOf)
            .orElse("java.lang.OutOfMemoryError");
    return message
        + " was thrown in the JVM that ran the test. That is a limit of the JVM, not the box: the"
        + " kernel killed nothing.";
  }
}
