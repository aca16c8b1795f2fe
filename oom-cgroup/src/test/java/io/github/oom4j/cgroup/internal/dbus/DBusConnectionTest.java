package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.cgroup.internal.dbus.FakeServer.Handler;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls and signals, and what can happen to them. */
class DBusConnectionTest {

  private static final String PEER = "org.example";
  private static final String OBJECT = "/org/example";
  private static final MatchRule NEWS = new MatchRule(PEER, OBJECT, PEER, "News", 0, "mine");

  @TempDir Path dir;

  private final Map<String, Handler> handlers = new HashMap<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void aCallIsAnswered() throws Exception {
    handlers.put("Echo", (peer, call) -> peer.reply(call, "s", call.arguments().get(0)));
    DBusConnection connection = connect();

    assertThat(connection.call(call("Echo", "s", "hello"), soon()).arguments())
        .containsExactly("hello");
    assertThat(connection).hasToString(socket().toString());
  }

  @Test
  void anErrorIsAnAnswerAndTheConnectionGoesOn() throws Exception {
    handlers.put("Fail", (peer, call) -> peer.error(call, "org.example.No", "because"));
    handlers.put("Echo", (peer, call) -> peer.reply(call, "s", "hello"));
    DBusConnection connection = connect();

    assertThatExceptionOfType(DBusErrorException.class)
        .isThrownBy(() -> connection.call(call("Fail", ""), soon()))
        .withMessage("org.example.No: because")
        .returns("org.example.No", DBusErrorException::name)
        .returns("because", DBusErrorException::text);
    assertThat(connection.call(call("Echo", ""), soon()).arguments()).containsExactly("hello");
  }

  @Test
  void aReplyThatComesTooLateIsNotTakenForTheNext() throws Exception {
    List<Message> unanswered = new ArrayList<>();
    handlers.put("Slow", (peer, call) -> unanswered.add(call));
    handlers.put(
        "Fast",
        (peer, call) -> {
          peer.reply(unanswered.get(0), "s", "late");
          peer.reply(call, "s", "in time");
        });
    DBusConnection connection = connect();

    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> connection.call(call("Slow", ""), briefly()));
    assertThat(connection.call(call("Fast", ""), soon()).arguments()).containsExactly("in time");
  }

  @Test
  void aReplyArrivesInPiecesAmongCallsAndSignals() throws Exception {
    handlers.put(
        "Echo",
        (peer, call) -> {
          for (int i = 0; i < 1000; i++) {
            peer.signal(OBJECT, PEER, "News", "s", "of others");
          }
          peer.raw(Message.call(PEER, OBJECT, PEER, "YouDoIt", "").encode(5).array());
          for (byte part : peer.replyBytes(call, "s", "hello")) {
            peer.raw(part);
          }
        });

    assertThat(connect().call(call("Echo", ""), soon()).arguments()).containsExactly("hello");
  }

  @Test
  void aServerThatHangsUpWithinAReplyIsTheEnd() throws Exception {
    int[] sent = {0};
    boolean[] whole = {false};
    handlers.put(
        "Echo",
        (peer, call) -> {
          byte[] reply = peer.replyBytes(call, "s", "hello");
          whole[0] = sent[0] == reply.length;
          peer.raw(Arrays.copyOf(reply, sent[0]));
          peer.hangUp();
        });
    serve();
    for (; !whole[0]; sent[0]++) {
      try (DBusConnection connection = DBusConnection.open(socket(), true, soon())) {
        connection.call(call("Echo", ""), soon());
        assertThat(whole[0]).as("after %d bytes", sent[0]).isTrue();
      } catch (EOFException e) {
        assertThat(whole[0]).as("after %d bytes", sent[0]).isFalse();
      }
    }
    assertThat(sent[0]).isGreaterThan(50);
  }

  @Test
  void garbageIsToldApartFromAnAnswer() throws Exception {
    handlers.put("Echo", (peer, call) -> peer.raw(new byte[Message.PREFIX]));
    DBusConnection connection = connect();

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> connection.call(call("Echo", ""), soon()))
        .withMessageContaining("starts with byte 0");
  }

  /** Were memory taken for what is announced, it would be 32 GiB. */
  @Test
  void messagesThatAreOnlyAnnouncedTakeNoMemory() throws Exception {
    byte[] announcement = {'l', 2, 0, 1, 0, 0, (byte) 0xf0, 7, 1, 0, 0, 0, 16, 0, 0, 0};
    handlers.put(
        "Echo",
        (peer, call) -> {
          peer.raw(announcement);
          peer.hangUp();
        });
    serve();
    for (int i = 0; i < 256; i++) {
      DBusConnection connection = DBusConnection.open(socket(), true, soon());
      opened.add(connection);
      assertThatExceptionOfType(EOFException.class)
          .isThrownBy(() -> connection.call(call("Echo", ""), soon()));
    }
  }

  @Test
  void signalsWithoutEndDoNotHoldACall() throws Exception {
    handlers.put(
        "Echo",
        (peer, call) -> {
          while (true) {
            peer.signal(OBJECT, PEER, "News", "s", "mine");
          }
        });
    DBusConnection connection = connect();
    connection.addMatch(NEWS, soon());

    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> connection.call(call("Echo", ""), briefly()));
    connection.close();
  }

  @Test
  void ofTooManySignalsTheOldestGo() throws Exception {
    handlers.put(
        "Echo",
        (peer, call) -> {
          for (int i = 0; i < 1000; i++) {
            peer.signal(OBJECT, PEER, "News", "si", "mine", i);
            peer.signal(OBJECT, PEER, "News", "si", "not mine", i);
          }
          peer.reply(call, "");
        });
    DBusConnection connection = connect();
    connection.addMatch(NEWS, soon());
    connection.call(call("Echo", ""), soon());

    for (int i = 1000 - 256; i < 1000; i++) {
      assertThat(news(connection)).isEqualTo(List.of("mine", i));
    }
    assertThat(connection.awaitSignal(signal -> true, briefly())).isEmpty();
  }

  @Test
  void signalsOfARuleThatWasRemovedAreForgotten() throws Exception {
    handlers.put(
        "Echo",
        (peer, call) -> {
          peer.signal(OBJECT, PEER, "News", "s", "mine");
          peer.reply(call, "");
        });
    DBusConnection connection = connect();
    connection.addMatch(NEWS, soon());
    connection.call(call("Echo", ""), soon());
    connection.removeMatch(NEWS, soon());
    connection.call(call("Echo", ""), soon());

    assertThat(connection.awaitSignal(signal -> true, briefly())).isEmpty();
  }

  @Test
  void anInterruptDisturbsNothingAndIsKept() throws Exception {
    handlers.put("Echo", (peer, call) -> peer.reply(call, "s", "hello"));
    DBusConnection connection = connect();
    Thread.currentThread().interrupt();

    assertThat(connection.call(call("Echo", ""), soon()).arguments()).containsExactly("hello");
    assertThat(connection.awaitSignal(signal -> true, briefly())).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aServerThatReadsNothingHoldsNoCaller() throws Exception {
    handlers.put("Sleep", (peer, call) -> peer.awaitTheEnd());
    DBusConnection connection = connect();
    String large = "x".repeat(8 << 20);
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> connection.call(call("Sleep", ""), briefly()));

    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> connection.call(call("Echo", "s", large), briefly()));
    assertThatExceptionOfType(IOException.class)
        .as("half a message is out")
        .isThrownBy(() -> connection.call(call("Echo", ""), soon()));
  }

  private Object news(DBusConnection connection) throws IOException {
    Optional<Message> signal = connection.awaitSignal(any -> true, soon());
    return signal.orElseThrow().arguments();
  }

  private DBusConnection connect() throws IOException {
    serve();
    DBusConnection connection = DBusConnection.open(socket(), true, soon());
    opened.add(0, connection);
    return connection;
  }

  private void serve() throws IOException {
    opened.add(FakeServer.of(socket(), handlers));
  }

  private Path socket() {
    return dir.resolve("bus");
  }

  private static Message call(String member, String signature, Object... arguments) {
    return Message.call(PEER, OBJECT, PEER, member, signature, arguments);
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofSeconds(30));
  }

  private static Deadline briefly() {
    return Deadline.in(Duration.ofMillis(100));
  }
}
