package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.dbus.DBusErrorException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.Set;

/** What systemd, the bus or the connection answered instead of what was asked for. */
final class Refusal {

  static final String UNIT_EXISTS = "org.freedesktop.systemd1.UnitExists";
  static final String NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";

  private static final String ERROR = "org.freedesktop.DBus.Error.";

  private static final Set<String> DENIED =
      Set.of(
          ERROR + "AccessDenied", ERROR + "InteractiveAuthorizationRequired", ERROR + "AuthFailed");

  /** What the bus says while the manager executes itself anew (systemctl daemon-reexec). */
  private static final Set<String> GONE =
      Set.of(
          ERROR + "NoReply",
          ERROR + "Disconnected",
          ERROR + "ServiceUnknown",
          ERROR + "NameHasNoOwner");

  private static final Set<String> UNKNOWN_PROPERTY =
      Set.of(ERROR + "PropertyReadOnly", ERROR + "UnknownProperty");

  private Refusal() {}

  static boolean is(IOException e, String name) {
    return e instanceof DBusErrorException error && error.name().equals(name);
  }

  static boolean isUnknownProperty(DBusErrorException e) {
    return UNKNOWN_PROPERTY.contains(e.name());
  }

  /** Whether the manager or the way to it went away, so that another try may find it again. */
  static boolean isLoss(IOException e) {
    return e instanceof DBusErrorException error
        ? GONE.contains(error.name())
        : !(e instanceof SocketTimeoutException || e instanceof ProtocolException);
  }

  /** The exception to throw when a scope could not be made or filled. */
  static OomException ofLaunch(String tried, IOException e) {
    return isDenied(e) ? denied(tried, e) : new LaunchException(message(tried, e), e);
  }

  /** The exception to throw when anything else went wrong. */
  static OomException of(String tried, IOException e) {
    return isDenied(e) ? denied(tried, e) : new KernelIoException(message(tried, e), e);
  }

  private static boolean isDenied(IOException e) {
    return e instanceof DBusErrorException error && DENIED.contains(error.name());
  }

  private static DeniedException denied(String tried, IOException e) {
    return new DeniedException(
        message(tried, e)
            + "; the system's manager obeys root and whom polkit allows, a user's manager its user",
        e);
  }

  private static String message(String tried, IOException e) {
    String prefix = "could not " + tried + ": ";
    if (e instanceof DBusErrorException) {
      return prefix + "systemd answered " + e.getMessage();
    }
    if (e instanceof SocketTimeoutException) {
      return prefix + "systemd did not answer in time";
    }
    return prefix + "the connection failed: " + reason(e);
  }

  static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
