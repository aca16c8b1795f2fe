package io.github.oom4j.cgroup;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the journal in which a userspace OOM killer says whom it killed.
 *
 * @param time when it was logged
 * @param killer who
 * @param message its words
 * @param subject a PID as that daemon sees it, or the path of a cgroup
 */
record KillerLine(Instant time, String killer, String message, String subject) {

  // journalctl --output=short-unix: "SECONDS.MICROS HOST IDENTIFIER[PID]: MESSAGE".
  private static final Pattern LINE =
      Pattern.compile("(\\d{1,18}\\.\\d{1,9}) \\S+ (\\S+?)(?:\\[\\d+])?: (.*)");

  /** Since 247. */
  private static final Pattern OOMD =
      Pattern.compile("Killed (/.*?) due to (?:memory pressure|memory used|swap used) .*");

  private static final Pattern EARLYOOM =
      Pattern.compile("sending SIG(?:TERM|KILL) to process (\\d{1,18}) uid .*");

  // nohang describes its victim on one line and says on a later one that it sends the signal.
  private static final Pattern NOHANG_VICTIM =
      Pattern.compile("  PID: +(\\d{1,18}), name: .*, state: .*");
  private static final Pattern NOHANG = Pattern.compile("  Sending SIG(?:TERM|KILL) to the victim");

  /**
   * Finds them.
   *
   * @param lines journal lines in the form {@code short-unix}; others are skipped
   * @return what was said, in that order
   */
  static List<KillerLine> parse(List<String> lines) {
    List<KillerLine> found = new ArrayList<>();
    String nohangVictim = "";
    for (String text : lines) {
      Matcher line = LINE.matcher(text);
      if (!line.matches()) {
        continue;
      }
      String identifier = line.group(2);
      String message = line.group(3);
      Matcher oomd = OOMD.matcher(message);
      Matcher earlyoom = EARLYOOM.matcher(message);
      Matcher victim = NOHANG_VICTIM.matcher(message);
      if (identifier.equals("systemd-oomd") && oomd.matches()) {
        found.add(new KillerLine(time(line), identifier, message, oomd.group(1)));
      } else if (identifier.equals("earlyoom") && earlyoom.matches()) {
        found.add(new KillerLine(time(line), identifier, message, earlyoom.group(1)));
      } else if (identifier.startsWith("nohang") && victim.matches()) {
        nohangVictim = victim.group(1);
      } else if (NOHANG.matcher(message).matches() && !nohangVictim.isEmpty()) {
        String words = message.strip() + ", PID " + nohangVictim;
        found.add(new KillerLine(time(line), "nohang", words, nohangVictim));
        nohangVictim = "";
      }
    }
    return found;
  }

  private static Instant time(Matcher line) {
    BigDecimal seconds = new BigDecimal(line.group(1));
    return Instant.ofEpochSecond(
        seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
  }

  /**
   * Whether it is about a command.
   *
   * @param box the command's cgroup: systemd-oomd kills all that is in and below a cgroup
   * @param kernelPid its PID in the initial PID namespace, if known; the other killers name that
   */
  boolean isAbout(String box, OptionalLong kernelPid) {
    return subject.startsWith("/")
        ? (box + "/").startsWith(subject + "/")
        : kernelPid.isPresent() && subject.equals(Long.toString(kernelPid.getAsLong()));
  }
}
