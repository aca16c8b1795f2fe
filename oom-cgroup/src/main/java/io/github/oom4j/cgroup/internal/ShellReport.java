package io.github.oom4j.cgroup.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Lines that a shell writes to a pipe while it lives. Not thread-safe. */
final class ShellReport implements AutoCloseable {

  private final Process shell;
  private final InputStream pipe;
  private final StringBuilder unread = new StringBuilder();
  private final StringBuilder said = new StringBuilder();
  private Optional<String> line = Optional.empty();

  ShellReport(Process shell, InputStream pipe) {
    this.shell = shell;
    this.pipe = pipe;
  }

  /**
   * Waits for a line. Those before it are words of the shell about what went wrong.
   *
   * @return the line, or empty if the shell ended without it, or was silent for too long
   */
  Optional<String> await(Predicate<String> wanted, Duration patience) {
    line = Optional.empty();
    Patience.until(
        () -> {
          // In this order: what it wrote before it ended is in the pipe once it has ended.
          boolean over = !shell.isAlive();
          over |= !read();
          line = next(wanted);
          return over || line.isPresent();
        },
        patience);
    return line;
  }

  private boolean read() {
    try {
      byte[] news = new byte[pipe.available()];
      int length = pipe.readNBytes(news, 0, news.length);
      unread.append(new String(news, 0, length, StandardCharsets.ISO_8859_1));
      return true;
    } catch (IOException e) {
      said.append(e.getMessage()).append(' ');
      return false;
    }
  }

  private Optional<String> next(Predicate<String> wanted) {
    // What follows the last newline is no whole line yet.
    for (int end = unread.indexOf("\n"); end >= 0; end = unread.indexOf("\n")) {
      String line = unread.substring(0, end);
      unread.delete(0, end + 1);
      if (wanted.test(line)) {
        return Optional.of(line);
      }
      said.append(line).append(' ');
    }
    return Optional.empty();
  }

  /** What the shell said besides, on one line. */
  String said() {
    return (said.toString() + unread).strip();
  }

  @Override
  public void close() throws IOException {
    pipe.close();
  }
}
