package io.github.oom4j.guest;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks for a systemd manager behind a D-Bus socket. Empty means met. */
final class BusProbe {

  private BusProbe() {}

  static Optional<String> system() {
    return noSystemd().or(() -> noAnswer(Path.of("/run/dbus/system_bus_socket")));
  }

  // The bus alone is not enough: dbus-run-session has a bus with no systemd behind it. The
  // manager's
  // private socket is what only a user manager has.
  static Optional<String> user() {
    String dir = System.getenv("XDG_RUNTIME_DIR");
    Path runtime = Path.of(dir == null || dir.isEmpty() ? "/run/user/" + Probes.uid() : dir);
    return noSystemd()
        .or(() -> noAnswer(runtime.resolve("systemd/private")))
        .or(() -> noAnswer(runtime.resolve("bus")));
  }

  private static Optional<String> noSystemd() {
    return Files.isDirectory(Path.of("/run/systemd/system"))
        ? Optional.empty()
        : Optional.of("systemd is not the init: no /run/systemd/system");
  }

  private static Optional<String> noAnswer(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket))
          ? Optional.empty()
          : Optional.of(socket + ": not connected");
    } catch (IOException e) {
      return Optional.of(socket + ": " + e.getMessage());
    }
  }
}
