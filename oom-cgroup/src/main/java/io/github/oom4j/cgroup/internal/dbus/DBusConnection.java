package io.github.oom4j.cgroup.internal.dbus;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A connection to a message bus, or to a peer that speaks D-Bus without one. Every operation has a
 * deadline, no thread is started, and an interrupt disturbs nothing and is kept for the caller.
 *
 * <p>All methods throw {@link DBusErrorException} for an answer that is an error, {@link
 * SocketTimeoutException} at the deadline, {@link ProtocolException} for what is not D-Bus, and any
 * other {@link IOException} when the connection is lost. After each but the first two it is of no
 * use any more; close it. Not thread-safe.
 */
public final class DBusConnection implements AutoCloseable {

  private static final String BUS = "org.freedesktop.DBus";

  /** Signals that are kept; when there are more, the oldest go. */
  private static final int MOST_KEPT = 256;

  private static final int LONGEST_LINE = 16 << 10;

  private final Wire wire;
  private final boolean bus;
  private String ownName = "";
  private final Set<MatchRule> rules = new HashSet<>();
  private final Deque<Message> kept = new ArrayDeque<>();
  private long lastSerial;

  private DBusConnection(Wire wire, boolean bus) {
    this.wire = wire;
    this.bus = bus;
  }

  /**
   * Connects and authenticates as the user of this process.
   *
   * @param socket the server's Unix socket
   * @param bus whether a bus is behind it, to which we say Hello, or a single peer
   * @param deadline when to give up
   * @return the connection
   * @throws IOException if that fails; nothing is left open
   */
  public static DBusConnection open(Path socket, boolean bus, Deadline deadline)
      throws IOException {
    Wire wire = Wire.connect(socket, deadline);
    try {
      DBusConnection connection = new DBusConnection(wire, bus);
      connection.authenticate(deadline);
      if (bus) {
        connection.ownName = text(connection.callBus("Hello", "", deadline));
      }
      return connection;
    } catch (IOException | RuntimeException | Error e) {
      wire.close();
      throw e;
    }
  }

  // Authentication Protocol of the specification, in one go as sd-bus does it. We don't say who we
  // are: the server knows by SO_PEERCRED, and in a user namespace our uid would be another there.
  private void authenticate(Deadline deadline) throws IOException {
    String request = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
    wire.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)), deadline);
    String line = readLine(deadline);
    if (line.equals("DATA")) {
      line = readLine(deadline);
    }
    if (!line.startsWith("OK ")) {
      throw new IOException("authentication failed, the server said: " + line);
    }
  }

  private String readLine(Deadline deadline) throws IOException {
    for (int length = 2; length <= LONGEST_LINE; length++) {
      ByteBuffer bytes = wire.peek(length, deadline);
      if (bytes.get(length - 2) == '\r' && bytes.get(length - 1) == '\n') {
        String line = StandardCharsets.ISO_8859_1.decode(bytes.limit(length - 2)).toString();
        wire.skip(length);
        return line;
      }
    }
    throw new ProtocolException("an endless line during authentication");
  }

  /**
   * Calls a method and waits for its reply. Signals that come meanwhile are kept if a rule matches
   * them.
   *
   * @param call the call
   * @param deadline when to give up; a reply that comes later is ignored
   * @return the reply
   * @throws DBusErrorException if the reply is an error
   * @throws IOException as the class says
   */
  public Message call(Message call, Deadline deadline) throws IOException {
    long serial = send(call, deadline);
    while (true) {
      Message message = receive(deadline);
      if (message.repliesTo(serial)) {
        if (message.type() == Message.Type.ERROR) {
          throw error(message);
        }
        return message;
      }
      keep(message);
    }
  }

  private long send(Message message, Deadline deadline) throws IOException {
    // 0 is no serial; after 2^32 calls others are long answered.
    lastSerial = lastSerial == 0xffff_ffffL ? 1 : lastSerial + 1;
    try {
      wire.write(message.encode(lastSerial), deadline);
    } catch (SocketTimeoutException e) {
      close(); // half a message may be out
      throw e;
    }
    return lastSerial;
  }

  private static DBusErrorException error(Message reply) {
    String text = "";
    try {
      List<Object> arguments = reply.arguments();
      if (!arguments.isEmpty() && arguments.get(0) instanceof String first) {
        text = first;
      }
    } catch (ProtocolException e) {
      text = "(unreadable: " + e.getMessage() + ")";
    }
    return new DBusErrorException(reply.errorName().orElse(""), text);
  }

  private Message receive(Deadline deadline) throws IOException {
    // A peer that sends signals without end must not keep us beyond the deadline.
    if (deadline.isOver()) {
      throw new SocketTimeoutException("no answer in time");
    }
    int length = Message.lengthOf(wire.peek(Message.PREFIX, deadline));
    Message message = Message.decode(wire.peek(length, deadline));
    wire.skip(length);
    return message;
  }

  private void keep(Message message) throws ProtocolException {
    for (MatchRule rule : rules) {
      if (rule.matches(message)) {
        if (kept.size() == MOST_KEPT) {
          kept.removeFirst();
        }
        kept.addLast(message);
        return;
      }
    }
  }

  /**
   * Begins to keep signals; a bus is told to send them. Nothing happens if the rule is there.
   *
   * @param rule which ones
   * @param deadline when to give up
   * @throws IOException as the class says
   */
  public void addMatch(MatchRule rule, Deadline deadline) throws IOException {
    if (rules.add(rule) && bus) {
      callBus("AddMatch", "s", deadline, rule.toString());
    }
  }

  /**
   * Ends what {@link #addMatch} began, and forgets signals of that rule. Nothing happens if the
   * rule was never added.
   *
   * @param rule an equal rule
   * @param deadline when to give up
   * @throws IOException as the class says
   */
  public void removeMatch(MatchRule rule, Deadline deadline) throws IOException {
    boolean known = rules.remove(rule);
    for (Message message : List.copyOf(kept)) {
      if (rule.matches(message)) {
        kept.remove(message);
      }
    }
    if (known && bus) {
      callBus("RemoveMatch", "s", deadline, rule.toString());
    }
  }

  /**
   * Waits for a signal that a rule matches.
   *
   * @param wanted which one; those that it refuses are dropped
   * @param deadline when to give up
   * @return the signal, or empty at the deadline
   * @throws IOException as the class says
   */
  public Optional<Message> awaitSignal(Predicate<Message> wanted, Deadline deadline)
      throws IOException {
    try {
      while (true) {
        while (!kept.isEmpty()) {
          Message signal = kept.removeFirst();
          if (wanted.test(signal)) {
            return Optional.of(signal);
          }
        }
        keep(receive(deadline));
      }
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a name has an owner. Without a bus there is only one peer, which has all names.
   *
   * @param name a name on the bus
   * @param deadline when to give up
   * @return whether a call to that name would reach somebody
   * @throws IOException as the class says
   */
  public boolean reaches(String name, Deadline deadline) throws IOException {
    return !bus || callBus("NameHasOwner", "s", deadline, name).arguments().contains(true);
  }

  /**
   * Our PID as the bus sees it. It is another one, or 0, if the bus is in another PID namespace;
   * PIDs must then not be sent over it.
   *
   * @param deadline when to give up
   * @return the PID; empty without a bus
   * @throws IOException as the class says
   */
  public OptionalLong ownPid(Deadline deadline) throws IOException {
    if (!bus) {
      return OptionalLong.empty();
    }
    Message reply = callBus("GetConnectionUnixProcessID", "s", deadline, ownName);
    return reply.arguments().stream()
        .filter(Number.class::isInstance)
        .mapToLong(pid -> ((Number) pid).longValue())
        .findFirst();
  }

  private static String text(Message reply) throws IOException {
    List<Object> arguments = reply.arguments();
    return arguments.isEmpty() ? "" : arguments.get(0).toString();
  }

  private Message callBus(String member, String signature, Deadline deadline, Object... arguments)
      throws IOException {
    return call(
        Message.call(BUS, "/org/freedesktop/DBus", BUS, member, signature, arguments), deadline);
  }

  /** Closes the connection. Idempotent. */
  @Override
  public void close() throws IOException {
    wire.close();
  }

  /** The socket's path. */
  @Override
  public String toString() {
    return wire.toString();
  }
}
