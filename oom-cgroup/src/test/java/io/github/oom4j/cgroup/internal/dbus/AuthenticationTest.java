package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.cgroup.internal.dbus.FakeServer.Conversation;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to a connection. */
class AuthenticationTest {

  @TempDir Path dir;

  @Test
  void aRejectionIsQuoted() throws Exception {
    refused(peer -> say(peer, "REJECTED EXTERNAL\r\n"), IOException.class, "REJECTED EXTERNAL");
    refused(peer -> say(peer, "ERROR\r\n"), IOException.class, "the server said: ERROR");
    refused(peer -> say(peer, "DATA\r\nDATA\r\n"), IOException.class, "the server said: DATA");
    refused(peer -> say(peer, "\r\n"), IOException.class, "the server said: ");
  }

  @Test
  void aLineWithoutEndIsNoAnswer() throws Exception {
    refused(peer -> say(peer, "x".repeat(1 << 20)), ProtocolException.class, "an endless line");
  }

  @Test
  void aServerThatHangsUpOrIsSilentIsNoServer() throws Exception {
    refused(peer -> peer.hangUp(), EOFException.class, "closed");
    refused(peer -> say(peer, "DATA\r\nOK 01"), EOFException.class, "closed");
    refused(peer -> peer.awaitTheEnd(), SocketTimeoutException.class, "in time");
    refused(
        peer -> {
          peer.welcome(); // and no answer to Hello
          peer.awaitTheEnd();
        },
        SocketTimeoutException.class,
        "in time");
  }

  @Test
  void aSlowServerIsWaitedFor() throws Exception {
    Conversation slow =
        peer -> {
          for (char letter : "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n".toCharArray()) {
            say(peer, String.valueOf(letter));
            Deadline.in(Duration.ofMillis(1)).pause(Duration.ofMillis(1));
          }
          peer.awaitTheEnd();
        };
    try (FakeServer server = FakeServer.of(socket(), slow);
        DBusConnection connection = DBusConnection.open(socket(), false, in(30_000))) {
      assertThat(server.calls()).isEmpty();
      assertThat(connection.ownPid(in(0))).as("a peer is no bus").isEmpty();
      assertThat(connection.reaches("any.name", in(0))).isTrue();
    }
  }

  @Test
  void aServerThatAcceptsNobodyIsNotWaitedForLonger() throws Exception {
    List<SocketChannel> crowd = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket()), 1);
      for (int i = 0; i < 2; i++) { // one more than the backlog
        crowd.add(SocketChannel.open(UnixDomainSocketAddress.of(socket())));
      }
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> DBusConnection.open(socket(), true, in(100)))
          .withMessage("the server accepts no connection");
      server.accept().close();
      try (DBusConnection connection = DBusConnection.open(socket(), true, in(100))) {
        throw new AssertionError(connection + " answered");
      } catch (SocketTimeoutException e) {
        assertThat(e).as("accepted, and mute").hasMessage("no answer in time");
      }
    } finally {
      for (SocketChannel guest : crowd) {
        guest.close();
      }
    }
  }

  @Test
  void whatFailsLeavesNoDescriptor() throws Exception {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> DBusConnection.open(dir.resolve("none"), true, in(100)));
    int before = descriptors();
    for (int i = 0; i < 20; i++) {
      refused(peer -> say(peer, "REJECTED\r\n"), IOException.class, "REJECTED");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> DBusConnection.open(dir.resolve("none"), true, in(100)));
    }
    try (FakeServer server = FakeServer.of(socket(), Map.of())) {
      DBusConnection connection = DBusConnection.open(socket(), true, in(30_000));
      connection.close();
      connection.close();
      assertThat(server.calls()).isEmpty();
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before);
  }

  /** 0 where there is no /proc. */
  private static int descriptors() {
    File directory = new File("/proc/self/fd");
    return directory.isDirectory() ? Objects.requireNonNull(directory.list()).length : 0;
  }

  private void refused(Conversation conversation, Class<? extends IOException> type, String message)
      throws IOException {
    Conversation whole =
        peer -> {
          peer.hearWhoItIs();
          conversation.with(peer);
        };
    try (FakeServer server = FakeServer.of(socket(), whole)) {
      assertThatExceptionOfType(type)
          .isThrownBy(() -> DBusConnection.open(socket(), true, in(300)))
          .withMessageContaining(message);
      assertThat(server.calls()).isEmpty();
    }
  }

  private static void say(FakeServer.Peer peer, String text) throws IOException {
    peer.raw(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Path socket() {
    return dir.resolve("bus");
  }

  private static Deadline in(long millis) {
    return Deadline.in(Duration.ofMillis(millis));
  }
}
