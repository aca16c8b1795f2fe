package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LaunchException;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.junit.FloorReport.Outcome;
import io.github.oom4j.junit.FloorReport.Range;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Finds the smallest {@code memory.max} under which a command succeeds, by running it in boxes with
 * ever other limits.
 *
 * <pre>{@code
 * FloorReport report =
 *     MemoryFloor.of("bin/importer", "big.csv")
 *         .between(mebibytes(16), gibibytes(1))
 *         .within(mebibytes(1))
 *         .find();
 * assertThat(report.floor()).as(report.explain()).hasValueSatisfying(
 *     floor -> assertThat(floor).isLessThan(mebibytes(256)));
 * }</pre>
 *
 * <p>A run succeeds if its command exits with 0, or by {@link #succeedsWhen}. An OOM kill of any
 * process in its box is a failure and ends the run at once; so is a run that takes too long. The
 * same command that behaves the same gives the same floor. Two things are not the command's: what
 * is in the page cache from an earlier run is not charged again, so that the first run, under the
 * largest limit, often peaks highest; and a command that sizes itself by its limit, as a JVM does
 * with its heap, has a floor of its own making.
 *
 * <p>Uses nothing of JUnit. Not thread-safe; each {@link #find()} is a search of its own.
 */
public final class MemoryFloor {

  private final ProcessBuilder command;
  private Optional<Range> range = Optional.empty();
  private ByteSize tolerance = ByteSize.mebibytes(1);
  private int repeats = 3;
  private Limit swapMax = Limit.of(ByteSize.ZERO);
  private Optional<ScopeBackend> backend = Optional.empty();
  private Predicate<? super ScopeResult> success = MemoryFloor::exitedWithZero;
  private Duration probeTimeout = Duration.ofMinutes(1);
  private Duration timeout = Duration.ofMinutes(10);
  private Consumer<? super FloorProbe> listener = probe -> {};

  private MemoryFloor(ProcessBuilder command) {
    this.command = copy(command);
  }

  private static boolean exitedWithZero(ScopeResult result) {
    return result.verdict() instanceof ExitVerdict.Exited exited && exited.code() == 0;
  }

  /**
   * Starts to describe a search. The command gets this JVM's environment and directory, and an
   * empty standard input; what it prints is kept as far as {@link FloorProbe#output()} tells.
   *
   * @param command the program and its arguments
   * @return a search of which {@link #between} must be called
   */
  public static MemoryFloor of(String... command) {
    return of(new ProcessBuilder(List.of(command)).redirectErrorStream(true));
  }

  /**
   * Starts to describe a search for a command with an environment, a directory or redirects of its
   * own. A standard input that is a pipe is empty.
   *
   * @param command what to run; it is copied
   * @return a search of which {@link #between} must be called
   */
  public static MemoryFloor of(ProcessBuilder command) {
    return new MemoryFloor(command);
  }

  /**
   * Sets where to look. The first run has the largest limit; make it one that this machine has to
   * spare.
   *
   * @param min the smallest limit to try: one page or more
   * @param max the largest, more than that
   * @return this
   * @throws IllegalArgumentException if they are not so
   */
  public MemoryFloor between(ByteSize min, ByteSize max) {
    MemoryScope.builder().memoryMax(min);
    if (min.compareTo(max) >= 0) {
      throw new IllegalArgumentException("between " + min + " and " + max + " is no limit");
    }
    range = Optional.of(new Range(min, max, tolerance));
    return this;
  }

  /**
   * Sets how exact the floor is to be: limits are tried in steps of that size. By default 1 MiB.
   *
   * @param step one page or more
   * @return this
   * @throws IllegalArgumentException if it is less
   */
  public MemoryFloor within(ByteSize step) {
    MemoryScope.builder().memoryMax(step);
    tolerance = step;
    return this;
  }

  /**
   * Sets how often the command must succeed under a limit for that to be the floor. By default 3
   * times.
   *
   * @param times 1 or more
   * @return this
   * @throws IllegalArgumentException if it is less
   */
  public MemoryFloor repeats(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("repeats is 1 or more, not " + times);
    }
    repeats = times;
    return this;
  }

  /**
   * Sets how much swap the command may use. By default none.
   *
   * @param limit the limit
   * @return this
   */
  public MemoryFloor swapMax(Limit limit) {
    swapMax = limit;
    return this;
  }

  /**
   * Sets who makes the boxes. By default the best that works, see {@link ScopeBackend#detect()}.
   *
   * @param choice the one and only to use
   * @return this
   */
  public MemoryFloor backend(ScopeBackend choice) {
    backend = Optional.of(choice);
    return this;
  }

  /**
   * Sets what success is. It is asked only of runs that ended by themselves and in time, and in
   * whose box nothing was OOM-killed. By default the command must exit with 0.
   *
   * @param predicate true for success
   * @return this
   */
  public MemoryFloor succeedsWhen(Predicate<? super ScopeResult> predicate) {
    success = predicate;
    return this;
  }

  /**
   * Sets how long one run may take; then it is killed, and counts as a failure. Near its floor a
   * command that lives on the page cache can be slow without end. By default one minute.
   *
   * @param time more than zero
   * @return this
   * @throws IllegalArgumentException if it is not
   */
  public MemoryFloor probeTimeout(Duration time) {
    probeTimeout = positive(time);
    return this;
  }

  /**
   * Sets how long the search may take; then it ends with {@link Outcome#OUT_OF_TIME}, and with what
   * is known by then. By default ten minutes.
   *
   * @param time more than zero
   * @return this
   * @throws IllegalArgumentException if it is not
   */
  public MemoryFloor timeout(Duration time) {
    timeout = positive(time);
    return this;
  }

  private static Duration positive(Duration time) {
    if (time.isZero() || time.isNegative()) {
      throw new IllegalArgumentException("a time to run is more than zero, not " + time);
    }
    return time;
  }

  /**
   * Sets who hears of each run when it is over, on the thread that searches.
   *
   * @param consumer gets it
   * @return this
   */
  public MemoryFloor onProbe(Consumer<? super FloorProbe> consumer) {
    listener = consumer;
    return this;
  }

  /**
   * Searches. Nothing is left of its boxes when this returns.
   *
   * @return what was found; also if there is no floor in the range
   * @throws InterruptedException if this thread is interrupted
   * @throws IllegalStateException if {@link #between} was not called
   * @throws LaunchException if the command can't be started even under the largest limit: no such
   *     program, not executable
   * @throws OomException if no box can be made here; the message says why
   */
  public FloorReport find() throws InterruptedException {
    Range where =
        range
            .map(between -> new Range(between.min(), between.max(), tolerance))
            .orElseThrow(() -> new IllegalStateException("between is not set"));
    BoxedProber prober = new BoxedProber(() -> copy(command), this::scope, success, probeTimeout);
    FloorSearch search =
        new FloorSearch(
            where,
            repeats,
            timeout,
            (limit, atMost) -> {
              FloorProbe probe = prober.probe(limit, atMost);
              listener.accept(probe);
              return probe;
            },
            System::nanoTime);
    Outcome outcome = search.run();
    return new FloorReport(command.command(), where, outcome, search.probes());
  }

  private MemoryScope scope(ByteSize limit) {
    MemoryScope.Builder builder = MemoryScope.builder().memoryMax(limit).swapMax(swapMax);
    backend.ifPresent(builder::backend);
    return builder.build();
  }

  private static ProcessBuilder copy(ProcessBuilder original) {
    ProcessBuilder copy = new ProcessBuilder(List.copyOf(original.command()));
    copy.environment().clear();
    copy.environment().putAll(original.environment());
    File directory = original.directory();
    if (directory != null) {
      copy.directory(directory);
    }
    boolean piped =
        original.redirectOutput().equals(Redirect.PIPE)
            && original.redirectError().equals(Redirect.PIPE);
    return copy.redirectInput(original.redirectInput())
        .redirectOutput(original.redirectOutput())
        .redirectError(original.redirectError())
        .redirectErrorStream(piped || original.redirectErrorStream());
  }
}
