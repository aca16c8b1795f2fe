package io.github.oom4j.kmsg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A regular file, read at positions, from several threads. Never mapped: of a mapped file that
 * somebody truncates, the JVM says so at any later instruction; here, it is a short read.
 */
final class LogFile implements AutoCloseable {

  private final FileChannel channel;
  private final Path path;

  private LogFile(FileChannel channel, Path path) {
    this.channel = channel;
    this.path = path;
  }

  static LogFile open(Path path) throws IOException {
    return new LogFile(FileChannel.open(path, StandardOpenOption.READ), path);
  }

  /** Fills the buffer as far as the file goes; what is missing then is its end. */
  void read(ByteBuffer buffer, long position) throws IOException {
    int from = buffer.position();
    int n = 0;
    while (n >= 0 && buffer.hasRemaining()) {
      n = channel.read(buffer, position + buffer.position() - from);
    }
  }

  /** How large it is now. */
  long size() throws IOException {
    return channel.size();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
