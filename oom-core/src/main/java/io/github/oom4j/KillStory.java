package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** The words for who was killed and who asked for memory; how names are printed. */
final class KillStory {

  private KillStory() {}

  static String victim(OomKillEvent kill) {
    OomKillEvent.Victim victim = kill.victim();
    StringJoiner sizes = new StringJoiner(", ");
    victim.anonRss().ifPresent(size -> sizes.add("anon-rss " + size));
    victim.fileRss().ifPresent(size -> sizes.add("file-rss " + size));
    victim.shmemRss().ifPresent(size -> sizes.add("shmem-rss " + size));
    victim.oomScoreAdj().ifPresent(adj -> sizes.add("oom_score_adj " + adj));
    return "The OOM killer killed "
        + process(victim.comm(), victim.pid())
        + kill.group()
            .map(
                group ->
                    ", with all of cgroup "
                        + printable(group.cgroup())
                        + " (memory.oom.group is set)")
            .orElse("")
        + (sizes.length() == 0 ? "." : ": " + sizes + ".");
  }

  static Optional<String> request(OomKillEvent kill) {
    return kill.trigger()
        .filter(trigger -> trigger.order() != LimitHitStory.SYSRQ)
        .map(trigger -> request(kill, trigger));
  }

  private static String request(OomKillEvent kill, OomKillEvent.Trigger trigger) {
    boolean self = trigger.pid().orElse(-1) == kill.victim().pid();
    String who =
        self
            ? "It asked for the memory itself"
            : process(trigger.comm(), trigger.pid().orElse(-1)) + " had asked for memory";
    String flags =
        trigger.gfpFlags().isEmpty()
            ? "gfp_mask " + trigger.gfpMask()
            : String.join("|", trigger.gfpFlags());
    return capitalised(who)
        + during(kill.report().callTrace())
        + " (order "
        + trigger.order()
        + (trigger.order() > 0 ? ", " + blockSize(kill.report()) + " in one block" : "")
        + ", "
        + flags
        + ").";
  }

  /** What the task was doing, where a function that does nothing else is in its call trace. */
  private static String during(List<String> callTrace) {
    if (calls(callTrace, "copy_process") || calls(callTrace, "dup_mm")) {
      return " in a fork";
    }
    if (calls(callTrace, "filemap_fault")) {
      return " to read a mapped file back in";
    }
    if (calls(callTrace, "handle_mm_fault")) {
      return " by touching a page";
    }
    return "";
  }

  /** Frames with a question mark are leftovers on the stack. */
  private static boolean calls(List<String> callTrace, String function) {
    return callTrace.stream()
        .anyMatch(frame -> !frame.contains("? ") && frame.contains(function + "+0x"));
  }

  /** The size of the block that was asked for; empty text without a request. */
  static String blockSize(OomReport report) {
    return report.trigger().map(trigger -> block(report, trigger.order()).toString()).orElse("");
  }

  /** A block of that order. The kernel's largest is 10, or a little more. */
  static ByteSize block(OomReport report, int order) {
    return ByteSize.bytes(report.pageSize().bytes() << Math.max(0, Math.min(order, 20)));
  }

  static String process(String comm, long pid) {
    return (comm.isEmpty() ? "a process without a name" : printable(comm))
        + (pid < 0 ? "" : " (pid " + pid + ")");
  }

  /** A process names itself: control characters must not reach a terminal or split a log line. */
  static String printable(String comm) {
    StringBuilder out = new StringBuilder(comm.length());
    comm.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                out.append(String.format("\\x%02x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** Makes the first letter of a sentence large, but for a process, which has a name of its own. */
  private static String capitalised(String text) {
    return text.startsWith("a process") ? "A" + text.substring(1) : text;
  }
}
