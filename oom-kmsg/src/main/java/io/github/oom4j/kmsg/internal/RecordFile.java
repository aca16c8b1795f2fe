package io.github.oom4j.kmsg.internal;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A regular file of raw records, one a line, that stands in for the device in tests. Whoever
 * appends to it plays the kernel.
 */
public final class RecordFile implements RecordSource {

  private static final int BLOCK = 65_536;

  private final Path path;
  private final FileChannel channel;
  private final boolean growing;
  private final byte[] block = new byte[BLOCK];
  private int at;
  private int filled;

  private RecordFile(Path path, FileChannel channel, boolean growing) {
    this.path = path;
    this.channel = channel;
    this.growing = growing;
  }

  /**
   * Opens the file, at its start.
   *
   * @param path the file
   * @param growing whether half a line at its end will be completed
   * @return the file, open
   * @throws io.github.oom4j.OomException if it can't be opened
   */
  public static RecordFile open(Path path, boolean growing) {
    try {
      return new RecordFile(path, FileChannel.open(path, StandardOpenOption.READ), growing);
    } catch (IOException e) {
      throw KernelFile.failure("read the kernel log", path, e, "");
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void seekToStart() {
    at = 0;
    filled = 0;
    try {
      channel.position(0);
    } catch (IOException e) {
      throw KernelFile.failure("read the kernel log", path, e, "");
    }
  }

  /** No boot of any machine. */
  @Override
  public UUID bootId() {
    return new UUID(0, 0);
  }

  @Override
  public OptionalLong monotonicMicros() {
    return OptionalLong.empty();
  }

  @Override
  public RecordWait newWait() {
    return new FileWait();
  }

  @Override
  public int read(byte[] buffer) {
    try {
      int end = endOfLine();
      while (end < 0 && fill()) {
        end = endOfLine();
      }
      if (end < 0 && (growing || at == filled) && filled - at < BLOCK) {
        return DRAINED; // half a line: its writer is not done
      }
      int next = end < 0 ? filled : end + 1;
      int length = Math.min(next - at, buffer.length);
      System.arraycopy(block, at, buffer, 0, length);
      at = next;
      return length;
    } catch (IOException e) {
      throw new KernelIoException("could not read on in " + path + ": " + e.getMessage(), e);
    }
  }

  private int endOfLine() {
    for (int i = at; i < filled; i++) {
      if (block[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private boolean fill() throws IOException {
    System.arraycopy(block, at, block, 0, filled - at);
    filled -= at;
    at = 0;
    if (filled == BLOCK) {
      return false;
    }
    int n = channel.read(ByteBuffer.wrap(block, filled, BLOCK - filled));
    if (n > 0) {
      filled += n;
    }
    return n > 0;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new KernelIoException("could not close " + path + ": " + e.getMessage(), e);
    }
  }
}
