package io.github.oom4j.kmsg;

import io.github.oom4j.OomEpisode.Outcome;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lines that end an OOM without a kill. Source: {@code out_of_memory()}, {@code
 * check_panic_on_oom()} and {@code oom_kill_process()} in mm/oom_kill.c.
 *
 * @param message what the line says about whose memory ran out
 * @param pid the process that is already exiting
 */
record EndLine(Outcome outcome, KillMessage message, OptionalLong pid, Optional<String> comm) {

  private static final String EXITING = ") is already exiting. Skip killing the task";

  /** The first letters of all these lines. */
  private static final String FIRST = "HKMNOs";

  private static final String PANIC = "Kernel panic - not syncing: ";

  static Optional<EndLine> parse(String text) {
    String line = text.strip();
    if (line.isEmpty() || FIRST.indexOf(line.charAt(0)) < 0) { // most lines of a report
      return Optional.empty();
    }
    if (line.startsWith(PANIC)) {
      return panic(line.substring(PANIC.length()));
    }
    if (line.startsWith("Out of memory and no killable processes")) {
      return plain(Outcome.NO_KILLABLE_PROCESS);
    }
    if (line.startsWith("sysrq: OOM request ignored") || line.startsWith("OOM request ignored")) {
      return plain(Outcome.SYSRQ_IGNORED);
    }
    if (line.equals("OOM killer disabled.")) {
      return plain(Outcome.KILLER_DISABLED);
    }
    if (line.equals("OOM killer enabled.")) {
      return plain(Outcome.KILLER_ENABLED);
    }
    if (line.startsWith("Huh VM_FAULT_OOM leaked out to the #PF handler.")) {
      return plain(Outcome.FAULT_RETRIED);
    }
    return exiting(line);
  }

  private static Optional<EndLine> panic(String line) {
    // 2.6.32: "out of memory. panic_on_oom is selected" and other words, in lower case
    if (line.startsWith("Out of memory and no killable processes")) {
      return plain(Outcome.PANIC_DEADLOCKED);
    }
    if (line.startsWith("Out of memory") || line.startsWith("out of memory")) {
      return plain(Outcome.PANIC_ON_OOM);
    }
    return line.startsWith("System is deadlocked on memory")
        ? plain(Outcome.PANIC_DEADLOCKED)
        : Optional.empty();
  }

  private static Optional<EndLine> exiting(String line) {
    if (!line.endsWith(EXITING)) {
      return Optional.empty();
    }
    for (KillMessage message : KillMessage.values()) {
      Cursor cursor = new Cursor(line);
      if (message != KillMessage.BARE && message.skip(cursor, "OOM victim ")) {
        int pid = cursor.smallNumber();
        int end = line.length() - EXITING.length();
        if (pid > 0
            && cursor.skip(" (")
            && end >= cursor.position()
            && Comm.isPossible(line.substring(cursor.position(), end))) {
          return Optional.of(
              new EndLine(
                  Outcome.ALREADY_EXITING,
                  message,
                  OptionalLong.of(pid),
                  Optional.of(line.substring(cursor.position(), end))));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<EndLine> plain(Outcome outcome) {
    return Optional.of(
        new EndLine(outcome, KillMessage.BARE, OptionalLong.empty(), Optional.empty()));
  }
}
