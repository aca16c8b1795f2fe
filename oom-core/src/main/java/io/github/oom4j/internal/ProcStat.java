package io.github.oom4j.internal;

import io.github.oom4j.KernelFormatException;
import java.nio.charset.StandardCharsets;

/**
 * The fields of {@code /proc/PID/stat} (proc_pid_stat(5)) that matter here.
 *
 * @param pid field 1
 * @param comm field 2, up to 15 bytes that the process chose, decoded as UTF-8
 * @param state field 3, such as {@code R}, {@code S}, {@code Z}
 * @param flags field 9, {@code PF_*} of include/linux/sched.h
 * @param threads field 20
 * @param startTime field 22, clock ticks after boot
 */
public record ProcStat(
    long pid, String comm, char state, long flags, long threads, long startTime) {

  private static final long PF_KTHREAD = 0x00200000;

  /**
   * Parses the file.
   *
   * @param text the whole file
   * @param source its name, for the error message
   * @return the fields
   * @throws KernelFormatException if it is something else
   */
  public static ProcStat parse(byte[] text, String source) {
    // comm is printed raw and may hold blanks, newlines and ')': it ends at the last ')'.
    int open = indexOf(text, '(');
    int close = lastIndexOf(text, ')');
    if (open < 2 || close < open) {
      throw malformed(source);
    }
    String tail = new String(text, close + 1, text.length - close - 1, StandardCharsets.US_ASCII);
    String[] fields = tail.strip().split(" ", 22);
    if (fields.length < 20 || fields[0].length() != 1) {
      throw malformed(source);
    }
    try {
      return new ProcStat(
          Long.parseLong(new String(text, 0, open - 1, StandardCharsets.US_ASCII)),
          new String(text, open + 1, close - open - 1, StandardCharsets.UTF_8),
          fields[0].charAt(0),
          Long.parseLong(fields[6]),
          Long.parseLong(fields[17]),
          Long.parseLong(fields[19]));
    } catch (NumberFormatException e) {
      throw new KernelFormatException(source + ", line 1: " + e.getMessage(), e);
    }
  }

  private static KernelFormatException malformed(String source) {
    return new KernelFormatException(source + ", line 1: expected 'pid (comm) state ...'");
  }

  private static int indexOf(byte[] text, char c) {
    for (int i = 0; i < text.length; i++) {
      if (text[i] == c) {
        return i;
      }
    }
    return -1;
  }

  private static int lastIndexOf(byte[] text, char c) {
    for (int i = text.length - 1; i >= 0; i--) {
      if (text[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether this is a thread of the kernel.
   *
   * @return true if {@code PF_KTHREAD} is set
   */
  public boolean isKernelThread() {
    return (flags & PF_KTHREAD) != 0;
  }

  /**
   * Whether the process has ended and waits for its parent.
   *
   * @return true if the state is {@code Z} or {@code X}
   */
  public boolean isDead() {
    return state == 'Z' || state == 'X' || state == 'x';
  }
}
