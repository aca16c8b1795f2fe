package io.github.oom4j.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What {@code /proc/PID/status} (proc_pid_status(5)) tells of a process with memory. Sizes are in
 * kB; {@value #UNKNOWN} stands for a line that this kernel does not print.
 *
 * @param rss {@code VmRSS}
 * @param anon {@code RssAnon}, since 4.5
 * @param file {@code RssFile}, since 4.5
 * @param shmem {@code RssShmem}, since 4.5
 * @param swap {@code VmSwap}
 * @param pgtables {@code VmPTE}: page tables of all levels
 * @param killPending whether SIGKILL waits to be acted on ({@code SigPnd}, {@code ShdPnd})
 * @param memsAllowed {@code Mems_allowed_list}: the memory nodes of its cpuset; empty without NUMA
 */
record ProcStatus(
    long rss,
    long anon,
    long file,
    long shmem,
    long swap,
    long pgtables,
    boolean killPending,
    String memsAllowed) {

  static final long UNKNOWN = -1;

  private static final byte[] VM_RSS = key("VmRSS:");
  private static final byte[] RSS_ANON = key("RssAnon:");
  private static final byte[] RSS_FILE = key("RssFile:");
  private static final byte[] RSS_SHMEM = key("RssShmem:");
  private static final byte[] VM_PTE = key("VmPTE:");
  private static final byte[] VM_SWAP = key("VmSwap:");
  private static final byte[] SIG_PND = key("SigPnd:");
  private static final byte[] SHD_PND = key("ShdPnd:");
  private static final byte[] MEMS = key("Mems_allowed_list:");

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads the file of one process after another. Not thread-safe. */
  static final class Parser {

    // Nearly all processes have the same list: one string for all of them.
    private String mems = "";

    private byte[] text = new byte[0];
    private int at;

    /**
     * Parses the file.
     *
     * @param status holds the whole file
     * @param length how many bytes of it
     * @return what it tells, or empty if the process has no memory of its own: a kernel thread or a
     *     zombie
     */
    Optional<ProcStatus> parse(byte[] status, int length) {
      text = status;
      long rss = UNKNOWN;
      long anon = UNKNOWN;
      long file = UNKNOWN;
      long shmem = UNKNOWN;
      long swap = 0;
      long pgtables = 0;
      boolean kill = false;
      String nodes = "";
      // The name is printed with newlines escaped, so a line start can't be forged by it.
      for (int line = 0; line < length; line = nextLine(line, length)) {
        if (is(VM_RSS, line, length)) {
          rss = number(length);
        } else if (is(RSS_ANON, line, length)) {
          anon = number(length);
        } else if (is(RSS_FILE, line, length)) {
          file = number(length);
        } else if (is(RSS_SHMEM, line, length)) {
          shmem = number(length);
        } else if (is(VM_SWAP, line, length)) {
          swap = Math.max(0, number(length));
        } else if (is(VM_PTE, line, length)) {
          pgtables = Math.max(0, number(length));
        } else if (is(SIG_PND, line, length) || is(SHD_PND, line, length)) {
          kill |= hasSigkill(length);
        } else if (is(MEMS, line, length)) {
          nodes = word(length);
        }
      }
      return rss == UNKNOWN
          ? Optional.empty()
          : Optional.of(new ProcStatus(rss, anon, file, shmem, swap, pgtables, kill, nodes));
    }

    private int nextLine(int from, int length) {
      int i = from;
      while (i < length && text[i] != '\n') {
        i++;
      }
      return i + 1;
    }

    private boolean is(byte[] key, int line, int length) {
      if (text[line] != key[0]
          || line + key.length > length
          || !Arrays.equals(text, line, line + key.length, key, 0, key.length)) {
        return false;
      }
      at = line + key.length;
      while (at < length && (text[at] == ' ' || text[at] == '\t')) {
        at++;
      }
      return true;
    }

    private long number(int length) {
      long value = 0;
      int digits = at;
      while (at < length && text[at] >= '0' && text[at] <= '9' && at - digits < 18) {
        value = 10 * value + (text[at++] - '0');
      }
      return at == digits ? UNKNOWN : value;
    }

    /** A mask in hex: signal 9 is bit 8, so the third digit from the right is odd. */
    private boolean hasSigkill(int length) {
      int end = at;
      while (end < length && text[end] != '\n') {
        end++;
      }
      return end - at >= 3 && (Character.digit(text[end - 3], 16) & 1) == 1;
    }

    private String word(int length) {
      int end = at;
      while (end < length && text[end] != '\n') {
        end++;
      }
      if (!sameAsBefore(end)) {
        mems = new String(text, at, end - at, StandardCharsets.US_ASCII);
      }
      return mems;
    }

    private boolean sameAsBefore(int end) {
      if (end - at != mems.length()) {
        return false;
      }
      for (int i = 0; i < mems.length(); i++) {
        if (text[at + i] != mems.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }
}
