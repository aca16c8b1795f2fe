package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.cgroup.internal.PidNamespace;
import io.github.oom4j.cgroup.internal.dbus.DBusConnection;
import io.github.oom4j.cgroup.internal.dbus.DBusErrorException;
import io.github.oom4j.cgroup.internal.dbus.Deadline;
import io.github.oom4j.cgroup.internal.dbus.Message;
import io.github.oom4j.cgroup.internal.dbus.Variant;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A connection to a manager that is made anew when it was lost. Not thread-safe. */
final class ManagerLink implements AutoCloseable {

  static final String NAME = "org.freedesktop.systemd1";
  static final String PATH = "/org/freedesktop/systemd1";
  static final String MANAGER = NAME + ".Manager";
  static final String UNIT = NAME + ".Unit";

  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";

  /** So that one endpoint that is mute leaves time for the next. */
  private static final Duration TO_CONNECT = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final List<Endpoint> endpoints;
  private @Nullable DBusConnection connection;
  private boolean sound = true;

  private ManagerLink(List<Endpoint> endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Connects to the first endpoint behind which there is a manager.
   *
   * @throws IOException if there is none; the message lists all, and why not
   */
  static ManagerLink open(List<Endpoint> endpoints, Deadline deadline) throws IOException {
    ManagerLink link = new ManagerLink(endpoints);
    link.connection = link.connect(deadline);
    return link;
  }

  private DBusConnection connect(Deadline deadline) throws IOException {
    List<String> failures = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      Optional<Path> socket = endpoint.address().socket();
      if (socket.isEmpty()) {
        failures.add(endpoint + ": " + endpoint.address().refusal());
        continue;
      }
      try {
        return connect(socket.get(), endpoint.bus(), deadline.within(TO_CONNECT));
      } catch (IOException e) {
        failures.add(endpoint + ": " + Refusal.reason(e));
      }
    }
    throw new IOException(String.join(", ", failures));
  }

  private static DBusConnection connect(Path socket, boolean bus, Deadline deadline)
      throws IOException {
    DBusConnection connection = DBusConnection.open(socket, bus, deadline);
    try {
      // A bus of dbus-run-session, for one, has no manager.
      if (!connection.reaches(NAME, deadline)) {
        throw new IOException("a bus without " + NAME);
      }
      if (!seesOurPids(connection, deadline)) {
        throw new IOException("it is in another PID namespace, and would take others for ours");
      }
      return connection;
    } catch (IOException | RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  private static boolean seesOurPids(DBusConnection connection, Deadline deadline)
      throws IOException {
    OptionalLong pid = connection.ownPid(deadline);
    return pid.isPresent()
        ? pid.getAsLong() == ProcessHandle.current().pid()
        : PidNamespace.isOfSystemd();
  }

  /**
   * The connection, which the last loss may have made necessary to make anew.
   *
   * @throws SocketTimeoutException if there is no manager again by then
   */
  DBusConnection connection(Deadline deadline) throws IOException {
    DBusConnection current = connection;
    while (current == null) {
      try {
        current = connect(deadline);
      } catch (IOException e) {
        if (deadline.isOver()) {
          SocketTimeoutException timeout =
              new SocketTimeoutException("systemd did not come back: " + Refusal.reason(e));
          timeout.initCause(e);
          throw timeout;
        }
        deadline.pause(PAUSE);
      }
    }
    connection = current;
    return current;
  }

  /** Calls a method of the manager, once. After a loss or garbage the connection is dropped. */
  Message call(Deadline deadline, String member, String signature, Object... arguments)
      throws IOException {
    return call(deadline, Message.call(NAME, PATH, MANAGER, member, signature, arguments));
  }

  private Message call(Deadline deadline, Message call) throws IOException {
    try {
      return connection(deadline).call(call, deadline);
    } catch (IOException e) {
      dropAfter(e);
      throw e;
    }
  }

  /** Calls a method that may be called twice; a loss is survived until the deadline. */
  Message ask(Deadline deadline, String member, String signature, Object... arguments)
      throws IOException {
    return ask(deadline, Message.call(NAME, PATH, MANAGER, member, signature, arguments));
  }

  private Message ask(Deadline deadline, Message question) throws IOException {
    while (true) {
      try {
        return call(deadline, question);
      } catch (IOException e) {
        if (!Refusal.isLoss(e) || deadline.isOver()) {
          throw e;
        }
        deadline.pause(PAUSE);
      }
    }
  }

  /** Reads a property of an object. */
  Object property(Deadline deadline, String path, String interfaceName, String property)
      throws IOException {
    Message get = Message.call(NAME, path, PROPERTIES, "Get", "ss", interfaceName, property);
    return value(ask(deadline, get), Variant.class).value();
  }

  /** The object of a unit, or empty if no unit of that name is loaded. */
  Optional<String> unit(Deadline deadline, String unit) throws IOException {
    try {
      return Optional.of(value(ask(deadline, "GetUnit", "s", unit), String.class));
    } catch (DBusErrorException e) {
      if (e.name().equals(Refusal.NO_SUCH_UNIT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The unit's ActiveState, or empty if no unit of that name is loaded. */
  Optional<String> activeState(Deadline deadline, String unit) throws IOException {
    Optional<String> path = unit(deadline, unit);
    return path.isEmpty()
        ? Optional.empty()
        : Optional.of(property(deadline, path.get(), UNIT, "ActiveState").toString());
  }

  /** The first argument of a reply. */
  static <T> T value(Message reply, Class<T> type) throws ProtocolException {
    List<Object> arguments = reply.arguments();
    if (arguments.isEmpty() || !type.isInstance(arguments.get(0))) {
      throw new ProtocolException("a reply of type '" + reply.signature() + "'");
    }
    return type.cast(arguments.get(0));
  }

  /** Whether it is connected and nothing ever went wrong but that the manager refused something. */
  boolean isSound() {
    return sound && connection != null;
  }

  /** Drops the connection if it is of no use after that. */
  void dropAfter(IOException e) {
    sound &= e instanceof DBusErrorException && !Refusal.isLoss(e);
    if (e instanceof ProtocolException
        || (Refusal.isLoss(e) && !(e instanceof DBusErrorException))) {
      close();
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    DBusConnection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (IOException e) {
        // A close that fails has still let go of the descriptor: close(2), NOTES.
      }
    }
  }

  /** Where it is connected to. */
  @Override
  public String toString() {
    return connection == null ? "no manager" : connection.toString();
  }
}
