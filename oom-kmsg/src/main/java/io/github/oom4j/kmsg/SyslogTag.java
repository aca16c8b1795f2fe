package io.github.oom4j.kmsg;

/** Who wrote a line, as the words behind its time say. */
enum SyslogTag {
  /** The kernel, or a format without tags, as dmesg's. */
  KERNEL,
  /** A container runtime, which wrote down a line of a container's: that says more. */
  CONTAINER,
  /** Another program. */
  OTHER;

  private static final String[] BARE = {"kernel: ", "kernel:[", "kernel:\t"};

  /**
   * Reads host and tag behind a time.
   *
   * @param iso whether the time is ISO 8601, behind which dmesg writes the message at once
   */
  static SyslogTag parse(Cursor line, boolean iso) {
    int from = line.position();
    if (skipBare(line)) {
      return KERNEL;
    }
    if (iso && (line.skip("stdout ") || line.skip("stderr "))) { // the log format of the CRI
      return line.skipAny("F ", "P ") ? CONTAINER : OTHER;
    }
    line.skipBlanks(); // a host name that somebody removed
    if (skipBare(line)) {
      return KERNEL;
    }
    int host = line.position();
    if (BracketedTime.parse(line).isPresent()) { // no host and tag: as ts(1) writes it
      line.backTo(host);
      return KERNEL;
    }
    line.backTo(host);
    if (line.startsWithAny(">|\"`{&\u201c\u2018\u2502\t")) { // dressed, and no host
      return KERNEL;
    }
    if (startsPrefix(line)) {
      line.backTo(host);
      return KERNEL;
    }
    line.backTo(host);
    String first = line.upTo(' ');
    int second = line.position();
    if (first.endsWith(":")) {
      line.backTo(from);
      return iso ? KERNEL : OTHER;
    }
    if (line.skip(" ")) {
      line.skipBlanks();
      if (skipBare(line) || structured(line) || leveled(line)) {
        return KERNEL;
      }
      int behindHost = line.position();
      if (startsPrefix(line)) { // as a host that collects others' lines writes it
        line.backTo(behindHost);
        return KERNEL;
      }
      line.backTo(behindHost);
      if (isTag(line.upTo(' '), iso)) {
        line.backTo(from);
        return OTHER;
      }
      line.backTo(second + 1);
      if (!first.startsWith("[") && BracketedTime.parse(line).isPresent()) { // a host and no tag
        line.backTo(second + 1);
        return KERNEL;
      }
    }
    line.backTo(from);
    return iso ? KERNEL : OTHER;
  }

  /** Whether there is another whole prefix: a program wrote the time in front of each line. */
  private static boolean startsPrefix(Cursor line) {
    if (line.skip("<")) {
      return line.smallNumber() >= 0 && line.skip(">");
    }
    if (line.skip("kern ")) {
      line.skipBlanks();
      return line.skip(":");
    }
    return SyslogTime.parse(line) != null;
  }

  /** RFC 5424: {@code kernel - - - } with perhaps structured data in brackets. */
  private static boolean structured(Cursor line) {
    int from = line.position();
    if (!line.skip("kernel ")) {
      return false;
    }
    for (int i = 0; i < 2; i++) { // process and message
      if (line.upTo(' ').isEmpty() || !line.skip(" ")) {
        line.backTo(from);
        return false;
      }
    }
    if (!line.skip("- ")) {
      while (line.skip("[")) {
        line.upTo(']');
        line.skip("]");
      }
      line.skip(" ");
    }
    line.skip("\ufeff");
    return true;
  }

  /** busybox syslogd: {@code kern.warn kernel: }. */
  private static boolean leveled(Cursor line) {
    int from = line.position();
    if (line.skip("kern.")) {
      line.upTo(' ');
      line.skip(" ");
      skipBare(line); // or no tag at all, as syslog-ng is told to write it
      return true;
    }
    line.backTo(from);
    return false;
  }

  /** Reads {@code kernel: } if that is next. */
  static boolean skipBare(Cursor line) {
    if (line.next() != 'k' && line.next() != 'v' && line.next() != '[') {
      return false;
    }
    int from = line.position();
    if (line.skipAny(BARE)) {
      if (line.text(from, line.position()).endsWith("[")) {
        line.backTo(line.position() - 1);
      }
      return true;
    }
    if (line.skip("kernel:")) { // as syslogd writes it to all terminals
      return true;
    }
    if (line.skip("kernel[") && line.smallNumber() >= 0 && line.skip("]: ")) {
      return true;
    }
    line.backTo(from);
    return line.skipAny("vmunix: ", "klogd: ", "[kernel] ");
  }

  /** Reads {@code host kernel: } if that is next, as journalctl -o short-monotonic writes it. */
  static void skipHost(Cursor line) {
    int from = line.position();
    if (!line.skipWord(64) || !line.skip(" ") || !skipBare(line)) {
      line.backTo(from);
    }
  }

  /** {@code name[123]:} or {@code name:}. dmesg's ISO lines have no tag, but words with colons. */
  private static boolean isTag(String word, boolean iso) {
    return word.endsWith("]:") || (!iso && word.endsWith(":"));
  }
}
