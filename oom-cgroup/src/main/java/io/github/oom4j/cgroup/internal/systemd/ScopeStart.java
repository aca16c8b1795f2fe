package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.LaunchException;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.dbus.DBusConnection;
import io.github.oom4j.cgroup.internal.dbus.DBusErrorException;
import io.github.oom4j.cgroup.internal.dbus.Deadline;
import io.github.oom4j.cgroup.internal.dbus.MatchRule;
import io.github.oom4j.cgroup.internal.dbus.Message;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One start of a transient scope, through whatever happens to the bus and the manager meanwhile.
 */
final class ScopeStart {

  /**
   * A signal can be lost: a manager that executes itself anew is not on the bus for a moment. So we
   * look ourselves now and then.
   */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration TO_UNDO = Duration.ofSeconds(5);

  private final ManagerLink link;
  private final String unit;
  private final List<Long> pids;
  private final Deadline deadline;
  private final boolean unique;
  private final String tried;
  private final MatchRule jobRemoved;
  private ScopeProperties properties;

  /** Whether a unit of that name would be ours, and is to be undone. */
  private boolean ours;

  /** Whether the manager may have heard us. */
  private boolean asked;

  ScopeStart(
      ManagerLink link,
      String unit,
      List<Long> pids,
      ScopeProperties properties,
      boolean unique,
      Deadline deadline) {
    this.link = link;
    this.unit = unit;
    this.pids = pids;
    this.deadline = deadline;
    this.unique = unique;
    this.properties = properties;
    this.tried = "start unit " + unit + " around " + pids;
    this.jobRemoved =
        new MatchRule(
            ManagerLink.NAME, ManagerLink.PATH, ManagerLink.MANAGER, "JobRemoved", 2, unit);
  }

  /** Starts it, or leaves nothing. */
  void run() {
    try {
      submit();
      forgetSignals(deadline);
    } catch (IOException e) {
      link.dropAfter(e);
      OomException failure = Refusal.ofLaunch(tried, e);
      undo(failure);
      throw failure;
    } catch (OomException e) {
      undo(e);
      throw e;
    }
  }

  private void forgetSignals(Deadline end) throws IOException {
    try {
      link.connection(end).removeMatch(jobRemoved, end);
    } catch (IOException e) {
      link.dropAfter(e);
      throw e;
    }
  }

  private void submit() throws IOException {
    ours = unique || link.unit(deadline, unit).isEmpty();
    boolean reset = false;
    boolean lost = false;
    while (true) {
      try {
        DBusConnection connection = link.connection(deadline);
        connection.addMatch(jobRemoved, deadline);
        asked = true;
        Message reply =
            link.call(
                deadline,
                "StartTransientUnit",
                "ssa(sv)a(sa(sv))",
                unit,
                "fail",
                properties.argument(),
                List.of());
        ours = true;
        awaitJob(reply);
        return;
      } catch (DBusErrorException e) {
        Optional<ScopeProperties> fewer =
            Refusal.isUnknownProperty(e)
                ? properties.withoutOneNamedIn(e.text())
                : Optional.empty();
        if (fewer.isPresent()) {
          properties = fewer.get();
        } else if (Refusal.is(e, Refusal.UNIT_EXISTS) && !reset && hasFailed()) {
          link.ask(deadline, "ResetFailedUnit", "s", unit);
          reset = true;
          ours = true;
        } else if (Refusal.isLoss(e) || (lost && Refusal.is(e, Refusal.UNIT_EXISTS))) {
          lost = true;
          if (isThereAfterLoss(e)) {
            return;
          }
        } else {
          // Whoever made it since we looked keeps it.
          ours &= !Refusal.is(e, Refusal.UNIT_EXISTS);
          throw e;
        }
      } catch (IOException e) {
        link.dropAfter(e);
        if (!Refusal.isLoss(e)) {
          throw e;
        }
        lost = true;
        if (isThereAfterLoss(e)) {
          return;
        }
      }
    }
  }

  private boolean hasFailed() throws IOException {
    return link.activeState(deadline, unit).equals(Optional.of("failed"));
  }

  private void awaitJob(Message reply) throws IOException {
    String job = ManagerLink.value(reply, String.class);
    while (true) {
      Optional<Message> removed =
          link.connection(deadline)
              .awaitSignal(
                  signal -> signal.sender().equals(reply.sender()) && isAbout(job, signal),
                  deadline.within(LOOK_EVERY));
      if (removed.isPresent()) {
        Object result = removed.get().arguments().get(3);
        if (!result.equals("done")) {
          throw new LaunchException(
              "could not %s: the result of its job is '%s'".formatted(tried, result));
        }
        return;
      }
      if (deadline.isOver()) {
        throw new SocketTimeoutException("no end of " + job);
      }
      if (isRunning()) {
        return;
      }
    }
  }

  /** JobRemoved(u id, o job, s unit, s result). */
  private static boolean isAbout(String job, Message signal) {
    try {
      List<Object> arguments = signal.arguments();
      return arguments.size() == 4 && arguments.get(1).equals(job);
    } catch (ProtocolException e) {
      return false; // the rule has decoded it before
    }
  }

  /**
   * Finds out whether the manager had made the unit before it or the bus went away.
   *
   * @return whether it is there and ours; if not, it is safe to ask for it again
   */
  private boolean isThereAfterLoss(IOException loss) throws IOException {
    while (!deadline.isOver()) {
      if (isRunning()) {
        return true;
      }
      if (link.unit(deadline, unit).isEmpty()) {
        return false;
      }
      deadline.pause(PAUSE);
    }
    SocketTimeoutException timeout = new SocketTimeoutException("the connection was lost");
    timeout.initCause(loss);
    throw timeout;
  }

  /**
   * Looks whether the unit is active with our processes in it; while it is on its way it is not.
   *
   * @throws LaunchException if it ended, or is not ours
   */
  private boolean isRunning() throws IOException {
    Optional<String> state = link.activeState(deadline, unit);
    if (state.isEmpty() || state.get().equals("activating")) {
      return false;
    }
    if (!state.get().equals("active")) {
      // A unit whose job has not begun is inactive.
      if (state.get().equals("inactive") && hasJob()) {
        return false;
      }
      throw new LaunchException(
          "could not %s: the unit is %s already".formatted(tried, state.get()));
    }
    Optional<String> path = link.unit(deadline, unit);
    for (long pid : pids) {
      if (!path.equals(unitOf(pid))) {
        ours = false;
        throw new LaunchException(
            "could not %s: process %s is in %s".formatted(tried, pid, unitOf(pid).orElse("none")));
      }
    }
    return true;
  }

  private boolean hasJob() throws IOException {
    Optional<String> path = link.unit(deadline, unit);
    return path.isPresent()
        && link.property(deadline, path.get(), ManagerLink.UNIT, "Job") instanceof List<?> job
        && !job.get(0).equals(0L);
  }

  private Optional<String> unitOf(long pid) throws IOException {
    try {
      Message reply = link.ask(deadline, "GetUnitByPID", "u", pid);
      return Optional.of(ManagerLink.value(reply, String.class));
    } catch (DBusErrorException e) {
      return Optional.empty();
    }
  }

  private void undo(OomException failure) {
    Deadline end = Deadline.in(TO_UNDO);
    if (ours && asked) {
      // Even a manager that is mute now gets it, behind what we asked before.
      attempt(failure, () -> link.ask(end, "StopUnit", "ss", unit, "replace"));
      attempt(failure, () -> link.ask(end, "ResetFailedUnit", "s", unit));
    }
    attempt(failure, () -> forgetSignals(end));
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(OomException failure, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      if (!Refusal.is(e, Refusal.NO_SUCH_UNIT)) {
        failure.addSuppressed(e);
      }
    }
  }
}
