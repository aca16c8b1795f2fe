package io.github.oom4j.cgroup;

import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.DeniedException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.ProcessGoneException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.Guard;
import io.github.oom4j.cgroup.internal.Patience;
import io.github.oom4j.cgroup.internal.Privileges;
import io.github.oom4j.cgroup.internal.WaitingGate;
import io.github.oom4j.cgroup.internal.systemd.ScopeProperties;
import io.github.oom4j.cgroup.internal.systemd.Systemd;
import io.github.oom4j.internal.Mount;
import io.github.oom4j.internal.RawPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Boxes in transient scopes of systemd (systemd.scope(5)).
 *
 * <p>The scope is delegated to us and holds two cgroups: {@code guard} with a process of ours, and
 * {@code payload}, which is the box. The guard keeps the scope when the command has ended, so that
 * the counters of the box can still be read; else systemd removes them within a millisecond. Only
 * the payload is limited, so that the guard is never a victim.
 */
final class SystemdBackend implements Backend {

  private static final String PAYLOAD = "payload";
  private static final String CONTROLLERS = "cgroup.controllers";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** How long systemd waits between SIGTERM and SIGKILL when somebody stops the scope. */
  private static final long STOP_MICROS = 5_000_000;

  private final boolean user;

  /**
   * A manager's boxes.
   *
   * @param user whether it is the manager of this process's user, not the system's
   */
  SystemdBackend(boolean user) {
    this.user = user;
  }

  private Systemd connect() {
    return user ? Systemd.user() : Systemd.system();
  }

  @Override
  public Path parent() {
    try (Systemd systemd = connect()) {
      if (!user && !Privileges.isRoot()) {
        // Without asking: polkit might answer by a dialogue on somebody's screen.
        throw new DeniedException(
            "scopes of the system's systemd take root, or a rule of polkit for"
                + " org.freedesktop.systemd1.manage-units; run as root, or use systemd-user");
      }
      String name = systemd.controlGroup();
      Mount mount = CgroupPaths.of("self").v2().mount();
      if (mount.isReadOnly()) {
        throw new UnsupportedKernelException(mount.point() + " is mounted read-only");
      }
      requireNamespaceOfSystemd();
      Path top =
          mount
              .directoryOf(RawPath.bytes(Path.of(name)))
              .orElseThrow(
                  () ->
                      new UnsupportedKernelException(
                          "systemd's cgroup " + name + " is not visible below " + mount.point()));
      if (!CgroupV2Backend.lists(top, CONTROLLERS, "memory")) {
        throw new UnsupportedKernelException(
            "memory controller not available to systemd: "
                + top.resolve(CONTROLLERS)
                + " does not list memory"
                + (user
                    ? "; as root, add 'Delegate=memory pids' to a drop-in of user@.service"
                    : "; boot with systemd.unified_cgroup_hierarchy=1"));
      }
      return top;
    }
  }

  /** In a cgroup namespace of our own its paths would be those of other cgroups here. */
  private static void requireNamespaceOfSystemd() {
    CgroupPaths init;
    try {
      init = CgroupPaths.of("1");
    } catch (ProcessGoneException | DeniedException e) {
      return; // hidepid: systemd may still be asked
    }
    init.v2();
  }

  @Override
  public Box make(String name, MemoryScope scope, WaitingGate gate) {
    Systemd systemd = connect();
    try {
      Optional<String> wanted = scope.unit().flatMap(ScopeUnit::name);
      String unit = wanted.orElse(name + ".scope");
      Guard guard = gate.guard();
      // The guard alone: systemd fails a scope of which one process is gone when it starts, forgets
      // it, and leaves its directory to the other.
      systemd.startScope(
          unit, List.of(guard.pidInScope()), properties(scope), wanted.isEmpty(), TIMEOUT);
      Path directory = directoryOf(unit, guard);
      // The shell goes into the box by itself, but where this user may not take it out of the
      // cgroup that it is in: the user's manager may.
      if (user) {
        systemd.attach(unit, List.of(gate.pid()));
      }
      Path box = directory.resolve(PAYLOAD);
      guard.watch(box);
      Path besides = directory.resolve("guard");
      BoxLimits.create(besides);
      CgroupFile.write(besides, "cgroup.procs", Long.toString(guard.pidInScope()), "");
      if (user) {
        CgroupFile.write(besides, "cgroup.procs", Long.toString(gate.pid()), "");
      }
      // Only now: a cgroup that holds processes hands no controller to its children.
      CgroupV2Backend.fill(directory, box, scope);
      return new ScopeBox(systemd, unit, directory, wanted.isPresent());
    } catch (RuntimeException | Error e) {
      systemd.close();
      throw e;
    }
  }

  /** Asked of the kernel: where the guard is now is where systemd made the scope. */
  private static Path directoryOf(String unit, Guard guard) {
    Path directory;
    try {
      directory = CgroupPaths.of(Long.toString(guard.pidInScope())).v2().directory();
    } catch (ProcessGoneException | CgroupGoneException e) {
      throw new LaunchException(
          "systemd started " + unit + ", but the process for it ended at once", e);
    }
    if (!directory.endsWith(unit)) {
      throw new LaunchException(
          "systemd started " + unit + ", but the process for it is in " + directory);
    }
    return directory;
  }

  private static ScopeProperties properties(MemoryScope scope) {
    ScopeUnit unit = scope.unit().orElseGet(ScopeUnit::any);
    ScopeProperties properties =
        ScopeProperties.none()
            .require("Delegate", "b", true)
            .require(
                "Description",
                "s",
                unit.description().orElse("oom4j: a command with " + scope.limits().words()))
            .require("TimeoutStopUSec", "t", STOP_MICROS)
            // A unit that failed keeps its name until somebody resets it. Since 236.
            .prefer("CollectMode", "s", "inactive-or-failed")
            // A kill in the box is ours to judge, systemd shall not end the rest. Since 253.
            .prefer("OOMPolicy", "s", "continue");
    if (unit.slice().isPresent()) {
      properties = properties.require("Slice", "s", unit.slice().get());
    }
    if (unit.runtimeMax().isPresent()) {
      long micros = TimeUnit.MICROSECONDS.convert(unit.runtimeMax().get());
      properties = properties.require("RuntimeMaxUSec", "t", micros);
    }
    return properties;
  }

  /**
   * The payload of a scope.
   *
   * @param named whether somebody may want to use the unit's name again
   */
  private record ScopeBox(Systemd systemd, String unit, Path directory, boolean named)
      implements Box {

    @Override
    public Path cgroup() {
      return directory.resolve(PAYLOAD);
    }

    @Override
    public String name() {
      return unit;
    }

    @Override
    public void close() {
      systemd.close();
    }

    @Override
    public void awaitRemoval(Duration patience) {
      // It takes systemd some milliseconds to see that the scope is empty, and to forget it.
      if (named) {
        Patience.until(() -> !Files.exists(directory), patience);
      }
    }
  }
}
