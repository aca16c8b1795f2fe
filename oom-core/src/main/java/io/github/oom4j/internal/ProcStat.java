package io.github.oom4j.internal;

import io.github.oom4j.KernelFormatException;
import java.nio.charset.StandardCharsets;

/**
 * The fields of {@code /proc/PID/stat} (proc_pid_stat(5)) that matter here.
 *
 * @param pid field 1
 * @param comm field 2, up to 15 bytes that the process chose, decoded as UTF-8
 * @param state field 3, such as {@code R}, {@code S}, {@code Z}
 * @param parent field 4, the PID of its parent; 0 if that is outside of this PID namespace
 * @param flags field 9, {@code PF_*} of include/linux/sched.h
 * @param threads field 20
 * @param startTime field 22, clock ticks after boot
 */
public record ProcStat(
    long pid, String comm, char state, long parent, long flags, long threads, long startTime) {

  private static final long PF_EXITING = 0x00000004;
  private static final long PF_KTHREAD = 0x00200000;

  private static final int PARENT = 4;
  private static final int FLAGS = 9;
  private static final int THREADS = 20;
  private static final int START_TIME = 22;

  /**
   * Parses the file.
   *
   * @param text holds the whole file
   * @param length how many bytes of it
   * @param source its name, for the error message
   * @return the fields
   * @throws KernelFormatException if it is something else
   */
  public static ProcStat parse(byte[] text, int length, String source) {
    // comm is printed raw and may hold blanks, newlines and ')': it ends at the last ')'.
    int open = 0;
    while (open < length && text[open] != '(') {
      open++;
    }
    int close = length - 1;
    while (close > open && text[close] != ')') {
      close--;
    }
    if (open < 2 || close <= open || close + 3 >= length) {
      throw malformed(source);
    }
    Numbers tail = new Numbers(text, close + 4, length);
    long parent = -1;
    long flags = -1;
    long threads = -1;
    for (int field = PARENT; field < START_TIME; field++) {
      long value = tail.next(source);
      if (field == PARENT) {
        parent = value;
      } else if (field == FLAGS) {
        flags = value;
      } else if (field == THREADS) {
        threads = value;
      }
    }
    return new ProcStat(
        new Numbers(text, 0, open - 1).next(source),
        new String(text, open + 1, close - open - 1, StandardCharsets.UTF_8),
        (char) text[close + 2],
        parent,
        flags,
        threads,
        tail.next(source));
  }

  private static KernelFormatException malformed(String source) {
    return new KernelFormatException(source + ", line 1: expected 'pid (comm) state ...'");
  }

  /** A walk over decimal numbers between blanks. */
  private static final class Numbers {
    private final byte[] text;
    private final int end;
    private int at;

    Numbers(byte[] text, int from, int end) {
      this.text = text;
      this.at = from;
      this.end = end;
    }

    long next(String source) {
      while (at < end && text[at] == ' ') {
        at++;
      }
      boolean negative = at < end && text[at] == '-';
      at += negative ? 1 : 0;
      int digits = at;
      long value = 0;
      // rsslim, field 25, is the only one of 20 digits; it is not asked for.
      while (at < end && text[at] >= '0' && text[at] <= '9' && at - digits < 19) {
        value = 10 * value + (text[at++] - '0');
      }
      if (at == digits) {
        throw malformed(source);
      }
      return negative ? -value : value;
    }
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
   * Whether its first thread is on its way out.
   *
   * @return true if {@code PF_EXITING} is set
   */
  public boolean isExiting() {
    return (flags & PF_EXITING) != 0;
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
