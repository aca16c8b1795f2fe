package io.github.oom4j.kmsg.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The output of {@code zstd -dc}, where the library can't be loaded. A daemon thread writes its
 * input and ends with it.
 */
final class ZstdCommand extends FilterInputStream {

  private final Process process;
  private final AtomicReference<IOException> failure = new AtomicReference<>();

  private ZstdCommand(Process process, InputStream in) {
    super(process.getInputStream());
    this.process = process;
    Thread feeder = new Thread(() -> feed(in), "oom4j-zstd");
    feeder.setDaemon(true);
    feeder.start();
  }

  /**
   * Starts it.
   *
   * @throws IOException if there is no such command
   */
  static InputStream open(InputStream in) throws IOException {
    Process process =
        new ProcessBuilder("zstd", "-dcq").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new ZstdCommand(process, in);
  }

  private void feed(InputStream in) {
    try (in;
        OutputStream out = process.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      failure.set(e); // also where the command ended early: then its status tells
    }
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    return next < 0 ? end() : next;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = super.read(buffer, offset, length);
    return n < 0 ? end() : n;
  }

  private int end() throws IOException {
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("'zstd -dc' ended with status " + status, failure.get());
      }
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    super.close();
  }
}
