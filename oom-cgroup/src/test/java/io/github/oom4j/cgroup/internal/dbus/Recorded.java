package io.github.oom4j.cgroup.internal.dbus;

import io.github.oom4j.cgroup.Captured;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code dbus-monitor --system --binary} saw in user-mode Linux 7.2 with systemd 252 while
 * busctl started scopes, right and wrong, and the {@code run} command made a box.
 */
final class Recorded {

  private Recorded() {}

  /** Its messages, in order. */
  static List<ByteBuffer> messages() throws IOException {
    ByteBuffer all =
        ByteBuffer.wrap(Files.readAllBytes(Captured.path("uml-7.2/system-bus-of-systemd-252")));
    List<ByteBuffer> messages = new ArrayList<>();
    while (all.hasRemaining()) {
      int length = Message.lengthOf(all.slice());
      messages.add(all.slice(all.position(), length));
      all.position(all.position() + length);
    }
    return messages;
  }
}
