package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;

/**
 * Signals of one kind: "Match Rules" of the specification. The bus filters with it, and so do we,
 * since a manager's private socket sends everything. Immutable.
 *
 * @param sender the well-known name of the sender; whether it has that name only the bus knows
 * @param path the object that sends
 * @param interfaceName the signal's interface
 * @param member the signal's name
 * @param index which argument must be equal to the value, from 0
 * @param value the value, a string without an apostrophe
 */
public record MatchRule(
    String sender, String path, String interfaceName, String member, int index, String value) {

  // Not %d, whose digits are those of the default locale.
  /** In the form that {@code org.freedesktop.DBus.AddMatch} takes. */
  @Override
  public String toString() {
    return "type='signal',sender='%s',path='%s',interface='%s',member='%s',arg%s='%s'"
        .formatted(sender, path, interfaceName, member, index, value);
  }

  /** Whether a message is such a signal. */
  boolean matches(Message message) throws ProtocolException {
    if (message.type() != Message.Type.SIGNAL
        || !message.path().orElse("").equals(path)
        || !message.interfaceName().orElse("").equals(interfaceName)
        || !message.member().orElse("").equals(member)) {
      return false;
    }
    var arguments = message.arguments();
    return arguments.size() > index && arguments.get(index).equals(value);
  }
}
