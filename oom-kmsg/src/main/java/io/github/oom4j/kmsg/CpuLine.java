package io.github.oom4j.kmsg;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@code CPU: <n> [UID: <n> ]PID: <n> Comm: <comm> [Kdump: loaded ]<taint> <release> #<build>}:
 * where it happened. Source: {@code dump_stack_print_info()} in lib/dump_stack.c.
 */
record CpuLine(
    OptionalInt cpu,
    OptionalLong uid,
    int pid,
    String comm,
    Optional<String> taint,
    Optional<String> kernel) {

  private static final int LONGEST_TAINT = 64;

  private static final String[] TAINTS = {" Kdump: loaded ", " Not tainted ", " Tainted: "};

  /** Matches the line; the first taint word ends the name. */
  static Optional<CpuLine> parse(String text) {
    Cursor line = new Cursor(text);
    OptionalInt cpu = OptionalInt.empty();
    OptionalLong uid = OptionalLong.empty();
    int pid;
    if (line.skip("CPU: ")) {
      cpu = OptionalInt.of(line.smallNumber());
      if (line.skip(" UID: ")) {
        uid = OptionalLong.of(line.number());
      }
      pid = line.skip(" PID: ") ? line.smallNumber() : -1;
      if (!line.skip(" Comm: ")) {
        return Optional.empty();
      }
    } else if (line.skip("Pid: ")) { // 2.6.32
      pid = line.smallNumber();
      if (!line.skip(", comm: ")) {
        return Optional.empty();
      }
    } else {
      return Optional.empty();
    }
    String rest = line.rest();
    int end = Integer.MAX_VALUE;
    for (String taint : TAINTS) {
      int at = rest.indexOf(taint);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    if (end == Integer.MAX_VALUE || pid < 0 || cpu.orElse(0) < 0) {
      return Optional.empty();
    }
    String afterName = rest.substring(end);
    return Optional.of(
        new CpuLine(
            cpu,
            uid.orElse(0) < 0 ? OptionalLong.empty() : uid,
            pid,
            rest.substring(0, end),
            taint(afterName),
            kernel(afterName)));
  }

  /**
   * {@code Not tainted}, or {@code Tainted:} and letters; what is not set is printed as a blank.
   */
  private static Optional<String> taint(String afterName) {
    int at = afterName.indexOf("ainted");
    String taint = afterName.substring(Math.max(0, at < 0 ? afterName.length() : at));
    int end = 0;
    while (end < taint.length() && Character.digit(taint.charAt(end), 10) < 0) {
      end++;
    }
    String letters = taint.substring(0, end).strip();
    if (letters.contains("  ")) {
      letters = letters.replaceAll(" +", " ");
    }
    if (letters.isEmpty() || end > LONGEST_TAINT) {
      return Optional.empty();
    }
    return Optional.of(letters.equals("ainted") ? "Not tainted" : "T" + letters);
  }

  /** The release is the first word behind the taint that starts with a digit. */
  private static Optional<String> kernel(String afterName) {
    for (int i = 1; i < afterName.length(); i++) {
      if (afterName.charAt(i - 1) == ' ' && Character.digit(afterName.charAt(i), 10) >= 0) {
        return Optional.of(afterName.substring(i).strip());
      }
    }
    return Optional.empty();
  }
}
