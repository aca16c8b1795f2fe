package io.github.oom4j.cgroup.internal;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What shells write to the pipe of one of them, line by line. Each line begins with the name of the
 * shell, its {@code $0}, as do those that a shell prints by itself about what went wrong. Nothing
 * is read but while somebody waits for a line. Thread-safe.
 */
final class ShellReport {

  /** No line is as long; a pipe holds no more. */
  private static final int LONGEST = 65_536;

  /** How long a shell that is not stopped may take to say a word, on a machine under load. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final InputStream pipe;

  // Guarded by this.
  private final StringBuilder unread = new StringBuilder(); // each byte as a character
  private final Map<String, List<String>> lines = new HashMap<>(); // of those who are listened to
  private boolean over;
  private boolean last;

  ShellReport(InputStream pipe) {
    this.pipe = pipe;
  }

  /**
   * Of a shell's standard output and all who write there too. The JDK's own end of the pipe does
   * not do: it is closed when that shell dies, whatever others have said. If this fails the shell
   * ends.
   */
  static ShellReport of(Process shell) throws IOException {
    try {
      InputStream pipe = new FileInputStream("/proc/" + shell.pid() + "/fd/1");
      shell.getInputStream().close();
      return new ShellReport(pipe);
    } catch (IOException e) {
      shell.destroyForcibly();
      throw e;
    }
  }

  /** Lines of that shell are kept from now on. */
  synchronized void listenTo(String shell) {
    lines.put(shell, new ArrayList<>());
  }

  /** Drops what that shell has said and will say. */
  synchronized void ignore(String shell) {
    lines.remove(shell);
    if (last && lines.isEmpty()) {
      over = true;
      try {
        pipe.close();
      } catch (IOException e) {
        // The descriptor is gone all the same.
      }
    }
  }

  /** As {@link #ignore}; and the pipe is closed as soon as nobody is listened to any more. */
  synchronized void closeAfterLast(String shell) {
    last = true;
    ignore(shell);
  }

  /**
   * Waits for a line of a shell. Those before it are words about what went wrong.
   *
   * @param alive whether the shell lives
   * @return the line without the name, or empty if the shell ended without it, or was silent for
   *     too long
   */
  Optional<String> await(
      String shell, Predicate<String> wanted, BooleanSupplier alive, Duration patience) {
    List<String> found = new ArrayList<>(1);
    Patience.until(
        () -> {
          // In this order: what it wrote before it ended is in the pipe once it has ended.
          boolean ended = !alive.getAsBoolean();
          next(shell, wanted).ifPresent(found::add);
          return ended || !found.isEmpty() || isOver();
        },
        patience);
    return found.stream().findFirst();
  }

  private synchronized Optional<String> next(String shell, Predicate<String> wanted) {
    read();
    Iterator<String> said = lines.getOrDefault(shell, List.of()).iterator();
    while (said.hasNext()) {
      String line = said.next();
      if (wanted.test(line)) {
        said.remove();
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private synchronized boolean isOver() {
    return over;
  }

  private synchronized void read() {
    try {
      byte[] news = new byte[pipe.available()];
      int length = pipe.readNBytes(news, 0, news.length);
      unread.append(new String(news, 0, length, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      over = true;
    }
    // What follows the last newline is no whole line yet.
    for (int end = unread.indexOf("\n"); end >= 0; end = unread.indexOf("\n")) {
      sort(unread.substring(0, end));
      unread.delete(0, end + 1);
    }
    if (unread.length() > LONGEST) {
      unread.setLength(0);
    }
  }

  /**
   * A shell prints an error of its own in pieces, and between these another may print its line:
   * that one is whole, and ends this.
   */
  private void sort(String line) {
    int whole = 0;
    for (String shell : lines.keySet()) {
      whole = Math.max(whole, line.lastIndexOf(shell + " "));
    }
    add(line.substring(0, whole));
    add(line.substring(whole));
  }

  private void add(String words) {
    // NAME words, or NAME: words
    int space = words.indexOf(' ');
    List<String> known = lines.get(words.substring(0, Math.max(space, 0)).replaceFirst(":$", ""));
    if (known != null) {
      String text = words.substring(space + 1);
      known.add(new String(text.getBytes(StandardCharsets.ISO_8859_1), JvmGuard.PATHS));
    }
  }

  /** What that shell said besides, on one line. */
  synchronized String said(String shell) {
    return String.join(" ", lines.getOrDefault(shell, List.of()));
  }
}
