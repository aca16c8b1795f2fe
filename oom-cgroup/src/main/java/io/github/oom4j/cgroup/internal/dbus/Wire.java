package io.github.oom4j.cgroup.internal.dbus;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * Bytes over a Unix socket, every operation with a deadline. The channel never blocks: a blocked
 * one has no timeout and is closed by an interrupt, this one is neither harmed nor hurried by an
 * interrupt, and keeps it for the caller. Not thread-safe.
 */
final class Wire implements AutoCloseable {

  private static final Duration BACKLOG_PAUSE = Duration.ofMillis(20);

  private final Path socket;
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private byte[] inbox = new byte[4096];
  private int start;
  private int end;

  private Wire(Path socket, SocketChannel channel, Selector selector) throws IOException {
    this.socket = socket;
    this.channel = channel;
    this.selector = selector;
    this.key = channel.register(selector, 0);
  }

  /**
   * Connects.
   *
   * @throws SocketTimeoutException if the server does not accept in time
   * @throws IOException if it can't be connected to; the message does not name the socket
   */
  static Wire connect(Path socket, Deadline deadline) throws IOException {
    while (true) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.configureBlocking(false);
        if (channel.connect(UnixDomainSocketAddress.of(socket))) {
          return select(socket, channel);
        }
        channel.close();
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        if (!isBacklogFull(e, socket)) {
          throw e;
        }
      }
      if (deadline.isOver()) {
        throw new SocketTimeoutException("the server accepts no connection");
      }
      deadline.pause(BACKLOG_PAUSE);
    }
  }

  /**
   * unix(7): EAGAIN, nothing was begun. For refused connections the JDK has a subclass, and for all
   * else the bare exception with a text in the language of the user; what is left of that if the
   * socket is there and may be used is this.
   */
  private static boolean isBacklogFull(Throwable e, Path socket) {
    return e.getClass() == SocketException.class && Files.isWritable(socket);
  }

  private static Wire select(Path socket, SocketChannel channel) throws IOException {
    Selector selector = Selector.open();
    try {
      return new Wire(socket, channel, selector);
    } catch (IOException | RuntimeException | Error e) {
      selector.close();
      throw e;
    }
  }

  /** Writes all of it. After a timeout half a message may be out: close it then. */
  void write(ByteBuffer bytes, Deadline deadline) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  /**
   * Waits until that many bytes are there and shows them; they stay until {@link #skip}. Memory
   * grows with what arrives, not with what was announced.
   */
  ByteBuffer peek(int length, Deadline deadline) throws IOException {
    while (end - start < length) {
      fill(deadline);
    }
    return ByteBuffer.wrap(inbox, start, length).slice();
  }

  /** Takes bytes that have been shown. */
  void skip(int length) {
    start += length;
  }

  private void fill(Deadline deadline) throws IOException {
    if (start > 0) {
      System.arraycopy(inbox, start, inbox, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == inbox.length) {
      inbox = Arrays.copyOf(inbox, 2 * inbox.length);
    }
    int n = channel.read(ByteBuffer.wrap(inbox, end, inbox.length - end));
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    end += n;
    if (n == 0) {
      await(SelectionKey.OP_READ, deadline);
    }
  }

  private void await(int operation, Deadline deadline) throws IOException {
    key.interestOps(operation);
    boolean interrupted = false;
    try {
      do {
        // A set flag would make select return at once, again and again.
        interrupted |= Thread.interrupted();
        if (deadline.isOver()) {
          throw new SocketTimeoutException("no answer in time");
        }
        selector.select(deadline.millisLeft());
      } while (selector.selectedKeys().isEmpty());
      selector.selectedKeys().clear();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Idempotent. */
  @Override
  public void close() throws IOException {
    // The descriptor of a registered channel is only closed with its selector.
    channel.close();
    selector.close();
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
