package io.github.oom4j.junit.internal;

import io.github.oom4j.junit.internal.ForkReport.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.opentest4j.TestAbortedException;

/** Sees the one test run, and reports it. */
final class TestWatch implements TestExecutionListener {

  private final ReportWriter report;
  private final Thread runner;

  private final List<Throwable> failures = new ArrayList<>();
  private @Nullable Throwable aborted;
  private boolean passed;
  private volatile boolean told;

  TestWatch(ReportWriter report, Thread runner) {
    this.report = report;
    this.runner = runner;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    report.start(Runtime.getRuntime().maxMemory(), ForkMain.outsideHeap());
  }

  @Override
  public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    report.entry(Map.copyOf(entry.getKeyValuePairs()));
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    aborted = new TestAbortedException("skipped in its box: " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case SUCCESSFUL -> passed |= test.isTest();
      case ABORTED -> aborted = result.getThrowable().orElseGet(TestAbortedException::new);
      case FAILED ->
          failures.add(result.getThrowable().orElseGet(() -> new AssertionError("failed")));
    }
  }

  void tellOutcome(@Nullable Throwable thrown, String test) {
    if (thrown != null) {
      failures.add(thrown);
    }
    told = true;
    if (!failures.isEmpty()) {
      Throwable first = failures.get(0);
      failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
      report.ended(ForkMain.status(first), first);
    } else if (aborted != null) {
      report.ended(Status.ABORTED, aborted);
    } else if (passed) {
      report.passed();
    } else {
      report.ended(
          Status.FAILED,
          new AssertionError(
              "the JVM in the box found no test of the id "
                  + test
                  + "; is the class path that of the JVM outside?"));
    }
  }

  /** In a shutdown hook: somebody ended this JVM while the test still ran. */
  void tellEnding() {
    if (!told) {
      report.ending(whereItIs());
    }
  }

  /** The thread that called exit, if there is one, else the test's. */
  private StackTraceElement[] whereItIs() {
    for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
      for (StackTraceElement frame : stack) {
        if (frame.getClassName().equals("java.lang.Runtime")
            && frame.getMethodName().equals("exit")) {
          return stack;
        }
      }
    }
    return runner.getStackTrace();
  }
}
