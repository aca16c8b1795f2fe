package io.github.oom4j.kmsg;

/** A task's command name as a log shows it: TASK_COMM_LEN, 16 bytes with the closing NUL. */
final class Comm {

  static final int LONGEST = 15;

  private Comm() {}

  /**
   * Whether this can be a command name: at most 15 bytes of UTF-8. U+FFFD stands for at least one
   * byte that was not UTF-8, such as a character cut in the middle, and counts as one.
   */
  static boolean isPossible(String text) {
    if (text.length() > LONGEST) {
      return false;
    }
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\uFFFD' || c < 0x80) {
        bytes += 1;
      } else if (c < 0x800 || Character.isSurrogate(c)) {
        bytes += 2; // a pair of surrogates is four bytes
      } else {
        bytes += 3;
      }
    }
    return bytes <= LONGEST;
  }
}
