package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.DeniedException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.UnsupportedKernelException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a box is to be: its limits, and who makes it. Immutable and thread-safe; each start makes a
 * box of its own.
 *
 * <pre>{@code
 * try (ScopedProcess job = MemoryScope.builder()
 *     .memoryMax(ByteSize.mebibytes(200))
 *     .start("sort", "-o", "out", "in")) {
 *   ScopeResult result = job.waitFor();
 * }
 * }</pre>
 */
public final class MemoryScope {

  private final ScopeLimits limits;
  private final OptionalInt oomScoreAdj;
  private final Optional<ScopeBackend> backend;
  private final Optional<ScopeUnit> unit;
  private final Optional<Consumer<? super ScopedProcess>> onStart;

  private MemoryScope(
      ScopeLimits limits,
      OptionalInt oomScoreAdj,
      Optional<ScopeBackend> backend,
      Optional<ScopeUnit> unit,
      Optional<Consumer<? super ScopedProcess>> onStart) {
    this.limits = limits;
    this.oomScoreAdj = oomScoreAdj;
    this.backend = backend;
    this.unit = unit;
    this.onStart = onStart;
  }

  /**
   * Starts to describe a box.
   *
   * @return a builder of which {@link Builder#memoryMax(ByteSize)} or {@link
   *     Builder#memoryMaxPercent(int)} must be called
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Its limits.
   *
   * @return what was asked for
   */
  public ScopeLimits limits() {
    return limits;
  }

  /**
   * The command's {@code oom_score_adj}.
   *
   * @return what was asked for; if nothing was, it is 0 where the kernel allows
   */
  public OptionalInt oomScoreAdj() {
    return oomScoreAdj;
  }

  /**
   * Who makes the box.
   *
   * @return what was asked for; if nothing was, the best that works
   */
  public Optional<ScopeBackend> backend() {
    return backend;
  }

  /**
   * How systemd is to see the box.
   *
   * @return what was asked for; if nothing was, its own choice
   */
  public Optional<ScopeUnit> unit() {
    return unit;
  }

  /**
   * Starts a command in a new box, with pipes to this process as {@link ProcessBuilder} makes them.
   *
   * @param command the program and its arguments
   * @return the running command
   * @see #start(ProcessBuilder)
   */
  public ScopedProcess start(String... command) {
    return start(List.of(command));
  }

  /**
   * Starts a command in a new box, with pipes to this process as {@link ProcessBuilder} makes them.
   *
   * @param command the program and its arguments
   * @return the running command
   * @see #start(ProcessBuilder)
   */
  public ScopedProcess start(List<String> command) {
    return start(new ProcessBuilder(command));
  }

  /**
   * Starts a command in a new box. Words, redirects, environment and directory are those of the
   * builder, and mean what {@link ProcessBuilder#start()} makes of them. When this method returns,
   * the command executes in its box; whatever it allocates is charged to the box. The builder
   * itself is not changed and not used afterwards.
   *
   * <p>The command becomes a child of this JVM through {@code /bin/sh}, which replaces itself by
   * it. If a variable does not pass through that unchanged, {@code env}(1) goes between the two:
   * with dash the variables whose names are no shell identifiers, such as {@code my.setting},
   * {@code LD_*}, {@code IFS}, {@code OPTIND} and {@code PPID}; with another shell always. What may
   * differ from a plain start is then:
   *
   * <ul>
   *   <li>with env, such variables are for an instant arguments, which other users can see; and
   *       what is wrong with the program in a way that only executing it shows (a missing dynamic
   *       loader, a file that is open for writing) is told by env, as exit value 126 or 127 with a
   *       line on standard error, rather than by an exception;
   *   <li>without, a file that is neither a program of this machine nor text is an exception;
   *   <li>where a program that is found in {@code PATH} can't be executed for such a reason, the
   *       next of its name there may be.
   * </ul>
   *
   * @param command what to start
   * @return the running command
   * @throws IllegalArgumentException if the command has no words, or a limit is below one page of
   *     this kernel
   * @throws LaunchException if the program or its directory is missing or not usable, if the box
   *     could not be entered, or if the limit is too small even for that; the command has not run
   * @throws DeniedException if a permission is missing; the message names it
   * @throws UnsupportedKernelException if the backend, or none, works here, or a limit can't be set
   *     with it; the message says why
   */
  public ScopedProcess start(ProcessBuilder command) {
    ScopedProcess job = Launch.start(this, command);
    try {
      onStart.ifPresent(listener -> listener.accept(job));
    } catch (RuntimeException | Error e) {
      job.close();
      throw e;
    }
    return job;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MemoryScope that
        && limits.equals(that.limits)
        && oomScoreAdj.equals(that.oomScoreAdj)
        && backend.equals(that.backend)
        && unit.equals(that.unit)
        && onStart.equals(that.onStart);
  }

  @Override
  public int hashCode() {
    return Objects.hash(limits, oomScoreAdj, backend, unit, onStart);
  }

  @Override
  public String toString() {
    return "MemoryScope[%s, oomScoreAdj=%s, backend=%s]"
        .formatted(
            limits.words(),
            oomScoreAdj.isPresent() ? oomScoreAdj.getAsInt() : "0 if allowed",
            backend.map(ScopeBackend::toString).orElse("best"));
  }

  /** Describes a box. Not thread-safe. */
  public static final class Builder extends LimitsBuilder<Builder> {

    private OptionalInt oomScoreAdj = OptionalInt.empty();
    private Optional<ScopeBackend> backend = Optional.empty();

    private Optional<ScopeUnit> unit = Optional.empty();
    private Optional<Consumer<? super ScopedProcess>> onStart = Optional.empty();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets the command's {@code oom_score_adj}. If this is not called, it is 0, also where this JVM
     * is protected, because a protected command could not be killed at its limit. Only a positive
     * value that somebody privileged gave to this JVM (systemd's {@code OOMScoreAdjust=}, a
     * kubelet) stays if the kernel refuses to lower it, which takes {@code CAP_SYS_RESOURCE}. What
     * is set here is set, or the start fails with a {@link DeniedException}.
     *
     * @param adj -1000 to 1000
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public Builder oomScoreAdj(int adj) {
      if (adj < -1000 || adj > 1000) {
        throw new IllegalArgumentException("oomScoreAdj is -1000 to 1000, not " + adj);
      }
      oomScoreAdj = OptionalInt.of(adj);
      return this;
    }

    /**
     * Sets who makes the box. By default it is the best that works, see {@link
     * ScopeBackend#detect()}.
     *
     * @param choice the one and only to use
     * @return this
     */
    public Builder backend(ScopeBackend choice) {
      backend = Optional.of(choice);
      return this;
    }

    /**
     * Sets how systemd is to see the box. A start with another backend than {@link
     * ScopeBackend#SYSTEMD} and {@link ScopeBackend#SYSTEMD_USER} then fails.
     *
     * @param settings the scope's name, slice, description and time limit
     * @return this
     */
    public Builder unit(ScopeUnit settings) {
      unit = Optional.of(settings);
      return this;
    }

    /**
     * Sets who is told of each command that is started, such as a test harness that closes what a
     * test leaves open. It is called by the thread that starts, when the command is in its box and
     * before the start returns; if it throws, the box is closed and the start fails with that. By
     * default nobody is told.
     *
     * @param listener takes the running command
     * @return this
     */
    public Builder onStart(Consumer<? super ScopedProcess> listener) {
      onStart = Optional.of(listener);
      return this;
    }

    /**
     * The description, for more than one start.
     *
     * @return the box as described so far
     * @throws IllegalStateException if neither {@link #memoryMax(ByteSize)} nor {@link
     *     #memoryMaxPercent(int)} was called
     */
    public MemoryScope build() {
      return new MemoryScope(limits(), oomScoreAdj, backend, unit, onStart);
    }

    /**
     * Builds and starts.
     *
     * @param command the program and its arguments
     * @return the running command
     * @see MemoryScope#start(String...)
     */
    public ScopedProcess start(String... command) {
      return build().start(command);
    }

    /**
     * Builds and starts.
     *
     * @param command the program and its arguments
     * @return the running command
     * @see MemoryScope#start(List)
     */
    public ScopedProcess start(List<String> command) {
      return build().start(command);
    }

    /**
     * Builds and starts.
     *
     * @param command what to start
     * @return the running command
     * @see MemoryScope#start(ProcessBuilder)
     */
    public ScopedProcess start(ProcessBuilder command) {
      return build().start(command);
    }
  }
}
