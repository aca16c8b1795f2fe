package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.LaunchException;
import io.github.oom4j.LimitScope;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.EventSubscription;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.junit.FloorProbe.Fate;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Runs the command in a box, and ends it as soon as its fate is known. */
final class BoxedProber implements FloorSearch.Prober {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration A_LITTLE = Duration.ofMillis(10);

  private final Supplier<ProcessBuilder> command;
  private final Function<ByteSize, MemoryScope> scope;
  private final Predicate<? super ScopeResult> success;
  private final Duration timeout;
  private boolean launchedBefore;

  BoxedProber(
      Supplier<ProcessBuilder> command,
      Function<ByteSize, MemoryScope> scope,
      Predicate<? super ScopeResult> success,
      Duration timeout) {
    this.command = command;
    this.scope = scope;
    this.success = success;
    this.timeout = timeout;
  }

  @Override
  public FloorProbe probe(ByteSize limit, Duration atMost) throws InterruptedException {
    ProcessBuilder builder = command.get();
    ScopedProcess job;
    try {
      job = scope.apply(limit).start(builder);
    } catch (LaunchException e) {
      if (!launchedBefore) {
        throw e;
      }
      // The same command could be launched with more memory.
      String why = String.valueOf(e.getMessage());
      return new FloorProbe(limit, Fate.NOT_LAUNCHED, Optional.empty(), Duration.ZERO, why);
    }
    launchedBefore = true;
    long start = System.nanoTime();
    Optional<OutputTail> output = Optional.empty();
    Fate fate;
    Optional<ScopeResult> result;
    Duration duration;
    try (job) {
      output = outputOf(job, builder);
      endInput(job, builder);
      Duration least = atMost.compareTo(timeout) < 0 ? atMost : timeout;
      boolean ended = runUntilKnown(job, least);
      duration = Duration.ofNanos(System.nanoTime() - start);
      if (!ended) {
        job.kill();
      }
      result = job.waitFor(PATIENCE);
      fate = fate(ended, atMost.compareTo(timeout) < 0, result);
    }
    String said = output.isPresent() ? output.get().text() : "";
    return new FloorProbe(limit, fate, result, duration, said);
  }

  private static Optional<OutputTail> outputOf(ScopedProcess job, ProcessBuilder builder) {
    if (builder.redirectOutput().equals(Redirect.PIPE)) {
      return Optional.of(OutputTail.of(job.process().getInputStream()));
    }
    return builder.redirectError().equals(Redirect.PIPE) && !builder.redirectErrorStream()
        ? Optional.of(OutputTail.of(job.process().getErrorStream()))
        : Optional.empty();
  }

  private static void endInput(ScopedProcess job, ProcessBuilder builder) {
    if (builder.redirectInput().equals(Redirect.PIPE)) {
      try {
        job.process().getOutputStream().close();
      } catch (IOException e) {
        // It has ended already.
      }
    }
  }

  /** Returns whether it ended; also if it was killed because something in its box was. */
  private static boolean runUntilKnown(ScopedProcess job, Duration atMost)
      throws InterruptedException {
    EventSubscription watch;
    try {
      watch =
          job.cgroup().onMemoryEvents(change -> killIf(change.now().oomKill().orElse(0) > 0, job));
    } catch (UnsupportedKernelException e) {
      return poll(job, atMost); // cgroup v1
    }
    try (watch) {
      killIf(hadKill(job), job); // before the watch began
      return job.waitFor(atMost).isPresent();
    }
  }

  private static boolean poll(ScopedProcess job, Duration atMost) throws InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < atMost.toNanos()) {
      if (job.waitFor(A_LITTLE).isPresent()) {
        return true;
      }
      killIf(hadKill(job), job);
    }
    return false;
  }

  private static boolean hadKill(ScopedProcess job) {
    return job.cgroup().events().oomKill().orElse(0) > 0;
  }

  private static void killIf(boolean known, ScopedProcess job) {
    if (known) {
      job.kill();
    }
  }

  private Fate fate(boolean ended, boolean wasLast, Optional<ScopeResult> result) {
    Optional<LimitScope> killedFor = result.flatMap(known -> known.verdict().limitScope());
    if (killedFor.isPresent()) {
      LimitScope limit = killedFor.get();
      return limit == LimitScope.ANCESTOR_LIMIT || limit == LimitScope.SYSTEM
          ? Fate.OTHER_LIMIT
          : Fate.OOM_KILLED;
    }
    if (!ended || result.isEmpty()) {
      return wasLast ? Fate.CUT_OFF : Fate.TIMED_OUT;
    }
    return success.test(result.get()) ? Fate.SUCCEEDED : Fate.FAILED;
  }
}
