package io.github.oom4j.kmsg;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code CPU: <n> [UID: <n> ]PID: <n> Comm: <comm> [Kdump: loaded ]<taint> <release> #<build>}:
 * where it happened. Source: {@code dump_stack_print_info()} in lib/dump_stack.c.
 */
record CpuLine(OptionalInt cpu, int pid, String comm, Optional<String> kernel) {

  private static final String[] TAINTS = {" Kdump: loaded ", " Not tainted ", " Tainted: "};

  /** Matches the line; the first taint word ends the name. */
  static Optional<CpuLine> parse(String text) {
    Cursor line = new Cursor(text);
    OptionalInt cpu = OptionalInt.empty();
    int pid;
    if (line.skip("CPU: ")) {
      cpu = OptionalInt.of(line.smallNumber());
      if (line.skip(" UID: ")) {
        line.number();
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
    return Optional.of(new CpuLine(cpu, pid, rest.substring(0, end), kernel(rest.substring(end))));
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
