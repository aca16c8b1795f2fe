package io.github.oom4j.cgroup;

import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.DeniedException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.ProcessGoneException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.Guard;
import io.github.oom4j.cgroup.internal.Privileges;
import io.github.oom4j.cgroup.internal.systemd.ScopeProperties;
import io.github.oom4j.cgroup.internal.systemd.Systemd;
import io.github.oom4j.internal.Mount;
import io.github.oom4j.internal.RawPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Boxes in transient scopes of systemd (systemd.scope(5)).
 *
 * <p>The scope is delegated to us and holds two cgroups: {@code guard} with a process of ours, and
 * the box. The guard keeps the scope when the command has ended, so that the counters of the box
 * can still be read; else systemd removes them within a millisecond. Only the box is limited, so
 * that the guard is never a victim.
 *
 * <p>When the box is gone, guard and scope stay for a second: a box that is made meanwhile, and
 * asks for such a scope, takes them over. To start a scope costs more than all the rest of a
 * launch.
 */
final class SystemdBackend implements Backend {

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
  public Box make(String name, MemoryScope scope, Guard guard) {
    Optional<String> wanted = scope.unit().flatMap(ScopeUnit::name);
    ScopeProperties properties = properties(scope);
    // A name is somebody's, and a time limit runs from the start of the scope.
    boolean lone = wanted.isPresent() || scope.unit().flatMap(ScopeUnit::runtimeMax).isPresent();
    Path box =
        guard.watchInScope(
            lone ? Optional.empty() : Optional.of(new Kind(user, properties)),
            name,
            pid -> start(wanted.orElse(name + ".scope"), wanted.isEmpty(), properties, pid));
    Path directory = Objects.requireNonNull(box.getParent());
    // Only now: a cgroup that holds processes hands no controller to its children.
    CgroupV2Backend.fill(directory, box, scope);
    return new Box(box, wanted.map(named -> directory));
  }

  /** Starts a scope, with the guard in a cgroup of its own. */
  private Path start(String unit, boolean unique, ScopeProperties properties, long guard) {
    try (Systemd systemd = connect()) {
      // The guard alone: systemd fails a scope of which one process is gone when it starts, forgets
      // it, and leaves its directory to the other.
      systemd.startScope(unit, List.of(guard), properties, unique, TIMEOUT);
    }
    Path directory = directoryOf(unit, guard);
    Path besides = directory.resolve("guard");
    BoxLimits.create(besides);
    CgroupFile.write(besides, "cgroup.procs", Long.toString(guard), "");
    return directory;
  }

  /** This user may not take a process out of the cgroup that it is in: the user's manager may. */
  @Override
  public Optional<LongConsumer> usher(Box box) {
    return user ? Optional.of(pid -> moveInto(box, pid)) : Optional.empty();
  }

  private void moveInto(Box box, long pid) {
    Path scope = box.cgroup().getName(box.cgroup().getNameCount() - 2);
    try (Systemd systemd = connect()) {
      systemd.attach(scope.toString(), "/" + box.name(), List.of(pid));
    }
  }

  /** Asked of the kernel: where the guard is now is where systemd made the scope. */
  private static Path directoryOf(String unit, long guard) {
    Path directory;
    try {
      directory = CgroupPaths.of(Long.toString(guard)).v2().directory();
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

  /** Scopes of which each is as good as the other. */
  private record Kind(boolean user, ScopeProperties properties) {}
}
