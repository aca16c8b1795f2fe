package io.github.oom4j.cgroup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Reads the systemd journal through journalctl(1), where there is one. */
final class Journal {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long PAUSE_NANOS = 2_000_000;
  private static final int MOST_LINES = 200;
  private static final int MOST_BYTES = 1 << 20;

  private final String program;

  /**
   * A journal.
   *
   * @param program journalctl, or another path of it
   */
  Journal(String program) {
    this.program = program;
  }

  /** Why the journal can't be read here. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  /**
   * What units logged. A unit can't be forged: journald takes it from the sender's cgroup.
   *
   * @param units names of system services
   * @param since not before
   * @return the last lines in the form {@code short-unix}, oldest first
   */
  List<String> lines(List<String> units, Instant since) throws UnreadableException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program, "--no-pager", "--all", "--output=short-unix"));
    command.add("--lines=" + MOST_LINES);
    command.add("--since=@" + since.getEpochSecond());
    units.forEach(unit -> command.add("_SYSTEMD_UNIT=" + unit));
    String text;
    try {
      text = run(command);
    } catch (IOException e) {
      throw new UnreadableException("there is no journalctl to ask");
    }
    // systemd, src/shared/journal-util.c.
    if (text.contains("not seeing messages from other users")
        || text.contains("insufficient permissions")) {
      throw new UnreadableException(
          "this user may not read the journal: groups systemd-journal and adm may");
    }
    if (text.contains("No journal files were found")) {
      throw new UnreadableException("there is no journal");
    }
    return text.lines().toList();
  }

  private static String run(List<String> command) throws IOException, UnreadableException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("SYSTEMD_COLORS", "0");
    long end = System.nanoTime() + PATIENCE.toNanos();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Process process = builder.start();
    // Without a thread of its own, a read that must end in time asks first what is there.
    try (InputStream in = process.getInputStream()) {
      process.getOutputStream().close();
      while (true) {
        boolean ended = !process.isAlive();
        output.writeBytes(in.readNBytes(in.available()));
        if (ended && in.available() == 0) {
          return output.toString(StandardCharsets.UTF_8);
        }
        if (System.nanoTime() > end || output.size() > MOST_BYTES) {
          throw new UnreadableException("journalctl did not answer in time");
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
