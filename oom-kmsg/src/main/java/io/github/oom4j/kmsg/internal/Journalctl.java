package io.github.oom4j.kmsg.internal;

import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A running {@code journalctl -k -o json} and its output, line by line. Only the system's journal
 * is read, which journald alone writes; {@code -k} keeps to what it took from the kernel's log in
 * this boot.
 *
 * <p>A journalctl that follows ends by itself when nobody reads its output any more, so it does not
 * outlive this process, however that ends.
 */
public final class Journalctl implements AutoCloseable {

  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/bin/journalctl"), Path.of("/bin/journalctl"));

  private static final int BLOCK = 65_536;
  private static final int LONGEST_LINE = 1 << 20;
  private static final int POLL_MILLIS = 5;
  private static final int MOST_REMARKS = 4096;

  private final Process process;
  private final InputStream out;
  private byte[] block = new byte[BLOCK];
  private int at;
  private int filled;
  private final StringBuilder remarks = new StringBuilder();

  private Journalctl(Process process) {
    this.process = process;
    this.out = process.getInputStream();
  }

  /**
   * What the journal holds of this boot.
   *
   * @return the program, running
   */
  public static Journalctl backlog() {
    return start(List.of("-b"));
  }

  /**
   * What comes from now on: nothing that is logged after this returns is missed.
   *
   * @return the program, running
   */
  public static Journalctl follow() {
    Optional<String> last = Optional.empty();
    try (Journalctl newest = start(List.of("-b", "-n", "1"))) {
      for (Optional<String> line = newest.read(-1); line.isPresent(); line = newest.read(-1)) {
        last = line;
      }
    }
    return start(
        last.flatMap(Journalctl::cursor)
            .map(cursor -> List.of("-f", "--after-cursor=" + cursor, "-n", "all"))
            .orElse(List.of("-f", "-b", "-n", "all")));
  }

  private static Optional<String> cursor(String json) {
    String key = "\"__CURSOR\":\"";
    int from = json.replace("\" : \"", "\":\"").indexOf(key);
    if (from < 0) {
      return Optional.empty();
    }
    String rest = json.replace("\" : \"", "\":\"").substring(from + key.length());
    int end = rest.indexOf('"');
    return end < 0 ? Optional.empty() : Optional.of(rest.substring(0, end));
  }

  private static Journalctl start(List<String> options) {
    Path program =
        PROGRAMS.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new UnsupportedKernelException(
                        "could not read the journal: there is no /usr/bin/journalctl; without"
                            + " systemd, read /dev/kmsg or a saved log instead"));
    List<String> command = new ArrayList<>(List.of(program.toString(), "--system", "-k"));
    command.addAll(List.of("-o", "json", "--no-pager", "--all"));
    command.addAll(options);
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("LC_ALL", "C");
      builder.environment().remove("SYSTEMD_LOG_LEVEL");
      Process process = builder.start();
      process.getOutputStream().close();
      return new Journalctl(process);
    } catch (IOException e) {
      throw new KernelIoException("could not start " + program + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the next entry.
   *
   * @param timeoutMillis how long to wait at most; -1 for ever
   * @return the entry as JSON; empty when the time has passed, or at the end of a backlog
   * @throws OomException if the journal can't be read, or journalctl failed
   */
  public Optional<String> read(int timeoutMillis) {
    try {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
      while (true) {
        Optional<String> line = buffered();
        if (line.isPresent()) {
          if (line.get().startsWith("{")) {
            return line;
          }
          remark(line.get());
        } else if (timeoutMillis >= 0 && out.available() == 0 && process.isAlive()) {
          if (System.nanoTime() - deadline >= 0) {
            return Optional.empty();
          }
          Thread.sleep(POLL_MILLIS);
        } else if (!fill()) {
          return end();
        }
      }
    } catch (IOException e) {
      throw new KernelIoException("could not read on in the journal: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Whether the program has ended and all of its output is read. */
  public boolean hasEnded() {
    return !process.isAlive() && at == filled;
  }

  private Optional<String> buffered() {
    for (int i = at; i < filled; i++) {
      if (block[i] == '\n') {
        String line = new String(block, at, i - at, StandardCharsets.UTF_8);
        at = i + 1;
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private boolean fill() throws IOException {
    if (at > 0) {
      System.arraycopy(block, at, block, 0, filled - at);
      filled -= at;
      at = 0;
    } else if (filled == block.length) {
      if (filled >= LONGEST_LINE) { // no kernel message is that long
        filled = 0;
      } else {
        block = java.util.Arrays.copyOf(block, 2 * filled);
      }
    }
    int n = out.read(block, filled, block.length - filled);
    filled += Math.max(n, 0);
    return n >= 0;
  }

  private void remark(String line) {
    if (remarks.length() < MOST_REMARKS) {
      remarks.append(line.strip()).append(' ');
    }
  }

  private Optional<String> end() throws InterruptedException {
    at = filled;
    int status = process.waitFor();
    String said = remarks.toString().strip();
    if (said.contains("insufficient permissions")
        || said.contains("not seeing messages from other")
        || said.contains("Permission denied")) {
      throw new DeniedException(
          "could not read the journal: journalctl said '"
              + said
              + "'; add the user to the group systemd-journal (or adm): 'usermod -aG"
              + " systemd-journal USER' and log in again, or run as root");
    }
    if (said.contains("No journal files were found")) {
      throw new UnsupportedKernelException(
          "could not read the journal: journalctl said '"
              + said
              + "'; is systemd-journald running?");
    }
    if (status != 0) {
      throw new KernelIoException(
          "could not read the journal: journalctl ended with status " + status + ": " + said);
    }
    return Optional.empty();
  }

  /** Ends the program; a {@link #read} that waits then returns or fails. Any thread may call it. */
  public void stop() {
    process.destroy();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      out.close();
    } catch (IOException e) {
      throw new KernelIoException("could not close the journal: " + e.getMessage(), e);
    }
  }
}
