package io.github.oom4j.cgroup.internal.dbus;

import java.io.IOException;

/** The peer, or the bus itself, answered a call with an error. The connection is still good. */
public final class DBusErrorException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String text;

  /**
   * An error reply.
   *
   * @param name the error's name, such as {@code org.freedesktop.DBus.Error.AccessDenied}
   * @param text what was said for people; may be empty
   */
  public DBusErrorException(String name, String text) {
    super(text.isEmpty() ? name : name + ": " + text);
    this.name = name;
    this.text = text;
  }

  /**
   * The error's name.
   *
   * @return such as {@code org.freedesktop.systemd1.UnitExists}
   */
  public String name() {
    return name;
  }

  /**
   * What was said for people.
   *
   * @return the text, may be empty
   */
  public String text() {
    return text;
  }
}
