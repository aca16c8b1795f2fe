package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.Idle;
import io.github.oom4j.cgroup.internal.dbus.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A manager of systemd, the system's or a user's: the methods of {@code
 * org.freedesktop.systemd1.Manager} that scopes need (org.freedesktop.systemd1(5)). One connection,
 * made anew when the bus or the manager restarts. Interrupts are kept for the caller and change
 * nothing. Not thread-safe.
 *
 * <p>All methods throw {@link DeniedException} if the manager refuses this user, and, where they
 * say nothing else, {@link KernelIoException} for any other failure.
 */
public final class Systemd implements AutoCloseable {

  /** A manager that reloads its units answers nobody for seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static final Pattern SCOPE_NAME = Pattern.compile("[A-Za-z0-9:_.\\\\-]{1,249}\\.scope");

  // To accept a connection costs systemd as much as to start a scope.
  private static final Idle<ManagerLink> SYSTEM = new Idle<>(ManagerLink::close);
  private static final Idle<ManagerLink> USER = new Idle<>(ManagerLink::close);

  private final ManagerLink link;
  private final Idle<ManagerLink> afterwards;

  private Systemd(ManagerLink link, Idle<ManagerLink> afterwards) {
    this.link = link;
    this.afterwards = afterwards;
  }

  /**
   * Connects to the system's manager, or takes the connection that was closed within the last
   * second: by {@code DBUS_SYSTEM_BUS_ADDRESS}, else, as root, over the manager's own socket, else
   * over the system bus.
   *
   * @return the manager
   * @throws UnsupportedKernelException if systemd is not the init here or none of these reaches it;
   *     the message lists each and why
   */
  public static Systemd system() {
    return SYSTEM
        .take(any -> true)
        .map(link -> new Systemd(link, SYSTEM))
        .orElseGet(() -> system(Surroundings.ofThisProcess(), SYSTEM));
  }

  /**
   * Connects to the manager of this process's user, or takes the connection that was closed within
   * the last second: over its own socket in {@code XDG_RUNTIME_DIR} or {@code /run/user/UID}, else
   * by {@code DBUS_SESSION_BUS_ADDRESS} if a manager is behind it, else over the bus in those
   * directories.
   *
   * @return the manager
   * @throws UnsupportedKernelException if systemd is not the init here or none of these reaches it;
   *     the message lists each and why
   */
  public static Systemd user() {
    return USER.take(any -> true)
        .map(link -> new Systemd(link, USER))
        .orElseGet(() -> user(Surroundings.ofThisProcess(), USER));
  }

  static Systemd system(Surroundings around, Idle<ManagerLink> afterwards) {
    return open(
        "the system's systemd",
        around,
        afterwards,
        Endpoint.system(around),
        around.uid() == 0
            ? "start dbus, or mount its socket here"
            : "start dbus (as root it is not needed), or use the user's systemd");
  }

  static Systemd user(Surroundings around, Idle<ManagerLink> afterwards) {
    return open(
        "the systemd of user " + around.uid(),
        around,
        afterwards,
        Endpoint.user(around),
        "log in as that user, or have its manager started at boot: loginctl enable-linger");
  }

  private static Systemd open(
      String what,
      Surroundings around,
      Idle<ManagerLink> afterwards,
      List<Endpoint> endpoints,
      String remedy) {
    Path booted = around.run().resolve("systemd/system");
    // sd_booted(3)
    if (!Files.isDirectory(booted, LinkOption.NOFOLLOW_LINKS)) {
      throw new UnsupportedKernelException(
          "systemd is not the init here: " + booted + " is not a directory");
    }
    try {
      return new Systemd(ManagerLink.open(endpoints, Deadline.in(PATIENCE)), afterwards);
    } catch (IOException e) {
      throw new UnsupportedKernelException(
          "could not reach " + what + ": " + Refusal.reason(e) + "; " + remedy, e);
    }
  }

  /**
   * The manager's own cgroup, below which it makes those of its units.
   *
   * @return its path as the manager names it, such as {@code /} or {@code
   *     /user.slice/user-1000.slice/user@1000.service}
   */
  public String controlGroup() {
    try {
      Object path =
          link.property(
              Deadline.in(PATIENCE), ManagerLink.PATH, ManagerLink.MANAGER, "ControlGroup");
      // The system's manager calls the root of the hierarchy by the empty name.
      return path.toString().isEmpty() ? "/" : path.toString();
    } catch (IOException e) {
      throw Refusal.of("read systemd's own cgroup", e);
    }
  }

  /**
   * Starts a transient scope around processes and waits until it runs. If that fails nothing is
   * left of it. A failed unit of the same name is reset, once. A bus or manager that restarts
   * meanwhile is waited for.
   *
   * @param unit the name, which ends in {@code .scope}
   * @param pids the processes, as this PID namespace numbers them; at least one
   * @param properties the unit's properties, without {@code PIDs}
   * @param unique whether nobody else can have a unit of that name; else that is looked up first
   * @param timeout how long to wait at most; undoing may then take 5 s more
   * @throws IllegalArgumentException if the name or a property is malformed
   * @throws LaunchException if systemd refuses, the unit exists, a process is gone, or the time is
   *     over
   */
  public void startScope(
      String unit, List<Long> pids, ScopeProperties properties, boolean unique, Duration timeout) {
    if (pids.isEmpty() || !SCOPE_NAME.matcher(unit).matches()) {
      throw new IllegalArgumentException("not a scope: '" + unit + "' around " + pids);
    }
    List<Long> copy = List.copyOf(pids);
    ScopeProperties all = properties.require("PIDs", "au", copy);
    new ScopeStart(link, unit, copy, all, unique, Deadline.in(timeout)).run();
  }

  /**
   * Moves processes into a cgroup of a scope that runs and is delegated. Unlike a process that is
   * gone when its scope starts, one that is gone now does no harm to the scope. Since systemd 238.
   *
   * @param unit the scope
   * @param cgroup the cgroup from there, such as {@code /guard}
   * @param pids the processes, as this PID namespace numbers them
   * @throws LaunchException if systemd refuses, or a process is gone
   */
  public void attach(String unit, String cgroup, List<Long> pids) {
    List<Long> copy = List.copyOf(pids);
    try {
      link.ask(Deadline.in(PATIENCE), "AttachProcessesToUnit", "ssau", unit, cgroup, copy);
    } catch (IOException e) {
      throw Refusal.ofLaunch("move " + pids + " to unit " + unit, e);
    }
  }

  /**
   * Lets go of the connection: it is closed a second later, if nobody has use for it, or at once if
   * something went wrong on it. Call it once, and nothing afterwards.
   */
  @Override
  public void close() {
    if (link.isSound()) {
      afterwards.keep(link);
    } else {
      link.close();
    }
  }

  /** Which socket leads to it. */
  @Override
  public String toString() {
    return "systemd at " + link;
  }
}
