package io.github.oom4j.cgroup.internal.dbus;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A D-Bus server on a real Unix socket, for what real ones won't do on demand. Every connection is
 * served by the same conversation, one after another.
 */
public final class FakeServer implements AutoCloseable {

  public static final String NAME = ":1.0";

  /** What is done with one connection. */
  public interface Conversation {
    void with(Peer peer) throws IOException;
  }

  /** What is done with one call. */
  public interface Handler {
    void handle(Peer peer, Message call) throws IOException;
  }

  private final ServerSocketChannel server;
  private final Thread thread;
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  private FakeServer(ServerSocketChannel server, Conversation conversation) {
    this.server = server;
    this.thread = new Thread(() -> serve(conversation), "fake D-Bus server");
    thread.start();
  }

  /** Speaks bytes, without authentication. */
  public static FakeServer of(Path socket, Conversation conversation) throws IOException {
    Files.createDirectories(socket.getParent());
    Files.deleteIfExists(socket);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return new FakeServer(server, conversation);
  }

  /** Speaks D-Bus; answers what a bus answers itself unless there is a handler for it. */
  public static FakeServer of(Path socket, Map<String, Handler> handlers) throws IOException {
    return of(socket, peer -> peer.answer(handlers));
  }

  private void serve(Conversation conversation) {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        conversation.with(new Peer(channel, calls));
      } catch (IOException e) {
        // The client went away, or the test is over.
      }
    }
  }

  /** The members that were called so far, in order, without those of the bus. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() throws IOException {
    server.close();
    thread.interrupt(); // closes the connection it reads from
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The other end of a connection. */
  public static final class Peer {

    private final SocketChannel channel;
    private final List<String> calls;
    private long serial = 1000;

    private Peer(SocketChannel channel, List<String> calls) {
      this.channel = channel;
      this.calls = calls;
    }

    private void answer(Map<String, Handler> handlers) throws IOException {
      authenticate();
      while (true) {
        Message call = receive();
        Handler handler = handlers.get(call.member().orElseThrow());
        if (handler != null) {
          calls.add(call.member().orElseThrow());
          handler.handle(this, call);
        } else {
          switch (call.member().orElseThrow()) {
            case "Hello" -> reply(call, "s", ":1.77");
            case "NameHasOwner" -> reply(call, "b", true);
            case "AddMatch", "RemoveMatch" -> reply(call, "");
            default -> {
              calls.add(call.member().orElseThrow());
              error(call, "org.freedesktop.DBus.Error.UnknownMethod", "fake");
            }
          }
        }
      }
    }

    public void authenticate() throws IOException {
      hearWhoItIs();
      welcome();
    }

    void hearWhoItIs() throws IOException {
      StringBuilder said = new StringBuilder();
      while (!said.toString().endsWith("BEGIN\r\n")) {
        said.append((char) read(1).get());
      }
    }

    void welcome() throws IOException {
      raw("DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    public Message receive() throws IOException {
      ByteBuffer prefix = read(Message.PREFIX);
      int length = Message.lengthOf(prefix);
      ByteBuffer whole = ByteBuffer.allocate(length).put(prefix.rewind());
      whole.put(read(length - Message.PREFIX)).flip();
      return Message.decode(whole);
    }

    private ByteBuffer read(int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new IOException("end");
        }
      }
      return bytes.flip();
    }

    public void raw(byte... bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    public void reply(Message call, String signature, Object... arguments) throws IOException {
      raw(replyBytes(call, signature, arguments));
    }

    /** What {@link #reply} would send. */
    public byte[] replyBytes(Message call, String signature, Object... arguments) {
      return bytes(Message.Type.METHOD_RETURN, Map.of(5, serialOf(call)), signature, arguments);
    }

    public void error(Message call, String name, String text) throws IOException {
      var fields = Map.of(4, new Variant("s", name), 5, serialOf(call));
      raw(bytes(Message.Type.ERROR, fields, "s", text));
    }

    public void signal(
        String path, String interfaceName, String member, String signature, Object... arguments)
        throws IOException {
      signalFrom(NAME, path, interfaceName, member, signature, arguments);
    }

    public void signalFrom(
        String sender,
        String path,
        String interfaceName,
        String member,
        String signature,
        Object... arguments)
        throws IOException {
      Map<Integer, Variant> fields = new LinkedHashMap<>();
      fields.put(1, new Variant("o", path));
      fields.put(2, new Variant("s", interfaceName));
      fields.put(3, new Variant("s", member));
      fields.put(7, new Variant("s", sender));
      raw(bytes(Message.Type.SIGNAL, fields, signature, arguments));
    }

    private static Variant serialOf(Message call) {
      return new Variant("u", call.serial());
    }

    private byte[] bytes(
        Message.Type type, Map<Integer, Variant> fields, String signature, Object... arguments) {
      Map<Integer, Variant> all = new LinkedHashMap<>(fields);
      all.putIfAbsent(7, new Variant("s", NAME));
      return Message.of(type, 0, all, signature, List.of(arguments)).encode(serial++).array();
    }

    /** Waits until the client closes. */
    public void awaitTheEnd() throws IOException {
      while (channel.read(ByteBuffer.allocate(64)) >= 0) {}
    }

    public void hangUp() throws IOException {
      channel.close();
    }
  }

  /** The name of an error of D-Bus itself. */
  public static String error(String name) {
    return "org.freedesktop.DBus.Error." + name;
  }

  /** Nothing, for a lookup of an environment variable. */
  public static Optional<String> unset(String variable) {
    return Optional.empty();
  }
}
