package io.github.oom4j.internal;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The memory of one process as {@code /proc/PID/status} (proc_pid_status(5)) tells it, in kB.
 *
 * @param rss {@code VmRSS}
 * @param swap {@code VmSwap}
 * @param pgtables {@code VmPTE}: page tables of all levels
 */
public record ProcStatus(long rss, long swap, long pgtables) {

  private static final byte[] VM_RSS = "\nVmRSS:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VM_PTE = "\nVmPTE:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VM_SWAP = "\nVmSwap:".getBytes(StandardCharsets.US_ASCII);

  /**
   * Parses the file.
   *
   * @param text the whole file
   * @return the sizes, or empty if the process has no memory of its own: a kernel thread or a
   *     zombie
   */
  public static Optional<ProcStatus> parse(byte[] text) {
    // The name is printed with newlines escaped, so a line start can't be forged by it.
    OptionalLong rss = number(text, VM_RSS);
    if (rss.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ProcStatus(
            rss.getAsLong(), number(text, VM_SWAP).orElse(0), number(text, VM_PTE).orElse(0)));
  }

  private static OptionalLong number(byte[] text, byte[] key) {
    int at = find(text, key);
    if (at < 0) {
      return OptionalLong.empty();
    }
    at += key.length;
    while (at < text.length && (text[at] == ' ' || text[at] == '\t')) {
      at++;
    }
    long value = 0;
    int digits = at;
    while (at < text.length && text[at] >= '0' && text[at] <= '9' && at - digits < 18) {
      value = 10 * value + (text[at++] - '0');
    }
    return at == digits ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static int find(byte[] text, byte[] key) {
    outer:
    for (int i = 0; i <= text.length - key.length; i++) {
      for (int j = 0; j < key.length; j++) {
        if (text[i + j] != key[j]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }
}
