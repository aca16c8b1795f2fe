package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomException;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.cgroup.internal.Guard;
import io.github.oom4j.cgroup.internal.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs in a box of its own, or has ended there. Thread-safe.
 *
 * <p>The box lives until {@link #close()}, which kills what is left in it: the command, and
 * whatever it started, double-forked or in nested cgroups. The box does not outlive this JVM
 * either, however that ends: a small shell, {@code oom4j-guard}, which is started with the first
 * box of a JVM, waits for that, kills everything and removes the boxes; in a scope of systemd runs
 * another. Only who kills all of them at once leaves boxes. If somebody kills the first alone, it
 * is replaced. A second after the last box was closed they are ended. A daemon thread {@code
 * oom4j-idle}, which lives for an instant, does both. A process that had the rights to move itself
 * to another cgroup is out of reach.
 */
public final class ScopedProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Process process;
  private final Cgroup cgroup;
  private final ScopeBackend backend;
  private final Box box;
  private final Guard guard;
  private final Autopsy autopsy;

  // Guarded by this.
  private @Nullable Snapshot after;
  private @Nullable ScopeResult result;
  private boolean closed;

  ScopedProcess(
      Process process, Cgroup cgroup, ScopeBackend backend, Box box, Guard guard, Autopsy autopsy) {
    this.process = process;
    this.cgroup = cgroup;
    this.backend = backend;
    this.box = box;
    this.guard = guard;
    this.autopsy = autopsy;
  }

  /**
   * The command as the JDK's own process: streams, handle, exit value. Ending it there ends the
   * command alone, not what else is in the box.
   *
   * @return the process
   */
  public Process process() {
    return process;
  }

  /**
   * The command's PID.
   *
   * @return its PID, from its start in the box to its end
   */
  public long pid() {
    return process.pid();
  }

  /**
   * The box, to read what it uses. It is gone after {@link #close()}.
   *
   * @return the cgroup in which the command runs
   */
  public Cgroup cgroup() {
    return cgroup;
  }

  /**
   * Who made the box.
   *
   * @return the backend
   */
  public ScopeBackend backend() {
    return backend;
  }

  /**
   * Waits for the command to end. What it left running in the box runs on until {@link #close()}.
   * As with any process, a command that writes more than its pipes hold waits for a reader.
   *
   * @return how it ended; the same each time
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public ScopeResult waitFor() throws InterruptedException {
    process.waitFor();
    return result();
  }

  /**
   * Waits for the command to end, for some time.
   *
   * @param timeout how long to wait at most
   * @return how it ended, or empty if it still runs
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public Optional<ScopeResult> waitFor(Duration timeout) throws InterruptedException {
    return process.waitFor(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)
        ? Optional.of(result())
        : Optional.empty();
  }

  /**
   * A future of the command's end. It is completed in the common pool.
   *
   * @return a new future; cancelling it does not affect the command
   */
  public CompletableFuture<ScopeResult> onExit() {
    return process.onExit().thenApplyAsync(ended -> result());
  }

  private synchronized ScopeResult result() {
    ScopeResult known = result;
    if (known == null) {
      known = autopsy.perform(process.exitValue(), afterwards(), OomKillSource::find);
      result = known;
    }
    return known;
  }

  /** The counters when the command had ended; read once, while the box is still there. */
  private synchronized Snapshot afterwards() {
    Snapshot known = after;
    if (known == null) {
      known = Snapshot.afterExit(cgroup, process.exitValue());
      after = known;
    }
    return known;
  }

  /**
   * Kills every process in the box with SIGKILL. The box stays, so that {@link #waitFor()} can tell
   * what happened.
   */
  public void kill() {
    if (process.isAlive()) {
      autopsy.killing();
    }
    new CgroupTree(cgroup.path()).kill();
    process.destroyForcibly();
  }

  /**
   * The limits of the box, to be changed while it runs.
   *
   * @return a handle to them
   */
  public RunningLimits limits() {
    return new RunningLimits(cgroup.path(), backend == ScopeBackend.CGROUP_V1);
  }

  /**
   * Stops everything in the box where it is, and waits until all of it has stopped, for ten seconds
   * at most. What is frozen can still be killed, so {@link #kill()} and {@link #close()} work as
   * ever; {@link #waitFor()} waits. Does not heed interrupts. ({@code cgroup.freeze}, cgroup v2,
   * kernel 5.2)
   *
   * @throws UnsupportedKernelException if this kernel, or cgroup v1, has no such file
   * @throws OomException if not all stopped in time, in which case all runs again; or if the box is
   *     gone
   */
  public void freeze() {
    new BoxControl(cgroup.path()).freeze();
  }

  /**
   * Lets what {@link #freeze()} stopped run again. Does not heed interrupts.
   *
   * @throws UnsupportedKernelException if this kernel, or cgroup v1, has no {@code cgroup.freeze}
   * @throws OomException if a cgroup above the box is frozen too, or the box is gone
   */
  public void thaw() {
    new BoxControl(cgroup.path()).thaw();
  }

  /**
   * Whether everything in the box has stopped: {@code frozen} of {@code cgroup.events}.
   *
   * @return true from {@link #freeze()} to {@link #thaw()}, or if a cgroup above is frozen
   * @throws UnsupportedKernelException if this kernel, or cgroup v1, has no {@code cgroup.freeze}
   * @throws OomException if the box is gone
   */
  public boolean isFrozen() {
    return new BoxControl(cgroup.path()).isFrozen();
  }

  /**
   * Asks the kernel to take that much memory from the box, by dropping caches and, within its swap
   * limit, by swapping out. Nothing is killed. Returns when the kernel is done, which for swap on a
   * slow disk can take long. ({@code memory.reclaim}, cgroup v2, kernel 5.19)
   *
   * @param size how much; the kernel may take more, or less
   * @return true if it took that much, false if it found less to take
   * @throws UnsupportedKernelException if this kernel, or cgroup v1, has no such file
   * @throws OomException if this process may not do it, or the box is gone
   */
  public boolean reclaim(ByteSize size) {
    return new BoxControl(cgroup.path()).reclaim(size);
  }

  /**
   * Measures the most memory that the box uses from now on.
   *
   * @return a meter, to be closed
   * @throws UnsupportedKernelException if this kernel can't reset its peak: cgroup v1, and v2
   *     before 6.12
   * @throws OomException if this process may not do it, or the box is gone
   */
  public PeakMeter measurePeak() {
    return PeakMeter.of(cgroup.path());
  }

  /**
   * Kills what is left in the box and removes it. Afterwards {@link #waitFor()} still answers. Does
   * not heed interrupts. Idempotent.
   *
   * @throws OomException if the box can't be removed, for example because a process in it does not
   *     die; may be called again
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    if (process.isAlive()) {
      kill();
    }
    if (Patience.awaitExit(process, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      afterwards();
    }
    new CgroupTree(cgroup.path()).remove(PATIENCE);
    guard.release();
    box.awaitRemoval(PATIENCE);
    closed = true;
  }

  /** The command's PID and box. */
  @Override
  public String toString() {
    return "ScopedProcess[pid=" + pid() + ", cgroup=" + cgroup + "]";
  }
}
