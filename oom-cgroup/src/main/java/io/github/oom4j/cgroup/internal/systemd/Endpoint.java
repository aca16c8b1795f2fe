package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.cgroup.internal.dbus.BusAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A place where a manager may be reached.
 *
 * @param origin who says so: a variable, or an empty text for a well-known socket
 * @param address where it is
 * @param bus whether a message bus is there, or the manager itself
 */
record Endpoint(String origin, BusAddress address, boolean bus) {

  /**
   * Of the system's manager, best first: sd-bus(3), systemd's bus-util.c. As systemd's own programs
   * do, root takes the way without a bus, which is the shortest, unless it was told another.
   */
  static List<Endpoint> system(Surroundings around) {
    List<Endpoint> endpoints = new ArrayList<>(named("DBUS_SYSTEM_BUS_ADDRESS", around));
    if (around.uid() == 0) {
      add(endpoints, around.run().resolve("systemd/private"), false);
    }
    add(endpoints, around.run().resolve("dbus/system_bus_socket"), true);
    return endpoints;
  }

  /** Of the user's manager, best first; the bus may be one without a manager. */
  static List<Endpoint> user(Surroundings around) {
    List<Endpoint> endpoints = new ArrayList<>();
    List<Path> runtimes = new ArrayList<>();
    setting("XDG_RUNTIME_DIR", around)
        .filter(directory -> directory.startsWith("/"))
        .ifPresent(directory -> runtimes.add(Path.of(directory)));
    runtimes.add(around.run().resolve("user/" + around.uid()));
    runtimes.forEach(runtime -> add(endpoints, runtime.resolve("systemd/private"), false));
    endpoints.addAll(named("DBUS_SESSION_BUS_ADDRESS", around));
    runtimes.forEach(runtime -> add(endpoints, runtime.resolve("bus"), true));
    return endpoints;
  }

  private static Optional<String> setting(String name, Surroundings around) {
    return around.environment().apply(name).filter(value -> !value.isEmpty());
  }

  private static List<Endpoint> named(String variable, Surroundings around) {
    return BusAddress.parse(setting(variable, around).orElse("")).stream()
        .map(address -> new Endpoint(variable, address, true))
        .toList();
  }

  private static void add(List<Endpoint> endpoints, Path socket, boolean bus) {
    boolean known =
        endpoints.stream().anyMatch(other -> other.address.socket().equals(Optional.of(socket)));
    if (!known) {
      endpoints.add(new Endpoint("", BusAddress.of(socket), bus));
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    String where = address.socket().map(Path::toString).orElse(address.text());
    return origin.isEmpty() ? where : where + " (" + origin + ")";
  }
}
