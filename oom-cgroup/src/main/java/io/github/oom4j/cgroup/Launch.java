package io.github.oom4j.cgroup;

import io.github.oom4j.DeniedException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.cgroup.internal.Gate;
import io.github.oom4j.cgroup.internal.Guard;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Starts a command in a new box: all of it, or nothing is left. */
final class Launch {

  private static final String NOT_STARTED = "the command was not started";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MemoryScope scope;
  private final ScopeBackend backend;
  private final Gate gate;

  private Launch(MemoryScope scope, ScopeBackend backend, Gate gate) {
    this.scope = scope;
    this.backend = backend;
    this.gate = gate;
  }

  static ScopedProcess start(MemoryScope scope, ProcessBuilder command) {
    Gate gate = Gate.to(command);
    ScopeBackend backend = scope.backend().orElseGet(() -> ScopeBackend.detect().orElseThrow());
    if (scope.unit().isPresent() && !backend.isSystemd()) {
      throw new UnsupportedKernelException(
          "the settings of a unit take the backend systemd or systemd-user, not " + backend);
    }
    return new Launch(scope, backend, gate).start();
  }

  /** Unique for ever, so that the kernel's log can be searched for it. */
  private static String newName() {
    // Not by a format, whose digits are those of the default locale.
    String unique = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return "oom4j-" + ProcessHandle.current().pid() + "-" + unique;
  }

  private ScopedProcess start() {
    Guard guard = new Guard();
    try {
      return enter(backend.backend().make(newName(), scope, guard), guard);
    } catch (RuntimeException | Error e) {
      undo(guard, e);
      throw e;
    }
  }

  private ScopedProcess enter(Box box, Guard guard) {
    Cgroup cgroup = Cgroup.at(box.cgroup());
    Snapshot before = Snapshot.of(cgroup);
    Instant now = Instant.now();
    Gate.Result report =
        gate.enter(box.cgroup(), scope.oomScoreAdj(), backend.backend().usher(box));
    if (report.outcome() != Gate.Outcome.JOINED) {
      throw failure(report, cgroup, before);
    }
    Process process = report.process();
    KernelRecords records = new KernelRecords(box.name(), process.pid(), now);
    Autopsy autopsy = new Autopsy(backend, cgroup, before, records, process.pid());
    return new ScopedProcess(process, cgroup, backend, box, guard, autopsy);
  }

  private static void undo(Guard guard, Throwable cause) {
    try {
      guard.watched().ifPresent(box -> new CgroupTree(box).remove(PATIENCE));
    } catch (OomException e) {
      cause.addSuppressed(e);
    } finally {
      guard.close();
    }
  }

  private OomException failure(Gate.Result report, Cgroup box, Snapshot before) {
    Snapshot after = Snapshot.of(box);
    String said = report.said().isEmpty() ? "" : ": " + report.said();
    long kills = Snapshot.growth(before.events().oomKill(), after.events().oomKill()).orElse(0);
    return switch (report.outcome()) {
      case ADJ_REFUSED ->
          new DeniedException(
              "could not set the command's oom_score_adj to "
                  + scope.oomScoreAdj().orElse(0)
                  + said
                  + "; lowering /proc/self/oom_score_adj below what this JVM was given takes"
                  + " CAP_SYS_RESOURCE: grant it (systemd: AmbientCapabilities=CAP_SYS_RESOURCE,"
                  + " docker: --cap-add SYS_RESOURCE), or ask for a higher value; "
                  + NOT_STARTED);
      case JOIN_REFUSED ->
          new LaunchException(
              "could not enter the box"
                  + said
                  + "; the kernel asks for the right to write to cgroup.procs of "
                  + box
                  + " and of the cgroup above both it and this JVM; "
                  + NOT_STARTED);
      case EXEC_REFUSED ->
          new LaunchException(
              "could not start "
                  + gate.program()
                  + (said.isEmpty() ? ": its standard error has the shell's reason" : said)
                  + (said.endsWith("not found")
                      ? "; the file is there, but the dynamic loader that it names is not"
                      : ""));
      case ENDED ->
          new LaunchException(
              kills > 0
                  ? "memoryMax of "
                      + before.max().orElse(Limit.none())
                      + " is too small even for the launch: the shell that was to become the"
                      + " command was OOM-killed in the box; "
                      + NOT_STARTED
                  : "the shell that was to enter the box ended before it did, with exit value "
                      + report.process().exitValue()
                      + said
                      + "; it needs to see the processes of this user in /proc, and the guard of this"
                      + " JVM to live; "
                      + NOT_STARTED);
      case SILENT, JOINED ->
          new LaunchException(
              "the shell that was to enter the box did not say that it did"
                  + said
                  + "; "
                  + NOT_STARTED);
    };
  }
}
