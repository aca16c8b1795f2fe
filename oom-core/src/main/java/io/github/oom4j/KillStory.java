package io.github.oom4j;

import java.util.Optional;
import java.util.StringJoiner;

/** The words of {@link OomKillEvent#explain()}. */
final class KillStory {

  private KillStory() {}

  static String of(OomKillEvent kill) {
    StringJoiner story = new StringJoiner(" ");
    story.add(whoDied(kill));
    story.add(whoseLimit(kill));
    kill.trigger().ifPresent(trigger -> story.add(whoAsked(kill, trigger)));
    if (!kill.tasks().isEmpty()) {
      story.add(whyThatOne(kill));
    }
    if (kill.groupKill()) {
      story.add("It died with its whole cgroup, whose memory.oom.group is set.");
    }
    if (kill.truncated()) {
      story.add("Parts of the kernel's report are missing.");
    }
    return story.toString();
  }

  private static String whoDied(OomKillEvent kill) {
    OomKillEvent.Victim victim = kill.victim();
    StringJoiner sizes = new StringJoiner(", ");
    victim.anonRss().ifPresent(size -> sizes.add("anon-rss " + size));
    victim.fileRss().ifPresent(size -> sizes.add("file-rss " + size));
    victim.shmemRss().ifPresent(size -> sizes.add("shmem-rss " + size));
    victim.oomScoreAdj().ifPresent(adj -> sizes.add("oom_score_adj " + adj));
    return "The OOM killer killed "
        + process(victim.comm(), victim.pid())
        + (sizes.length() == 0 ? "." : ": " + sizes + ".");
  }

  private static String whoseLimit(OomKillEvent kill) {
    if (kill.constraint().isEmpty()) {
      return "The log does not say what ran out of memory.";
    }
    return switch (kill.constraint().get()) {
      case NONE -> "The whole machine was out of memory" + machine(kill.memory()) + ".";
      case CPUSET -> "The memory nodes of its cpuset were full.";
      case MEMORY_POLICY -> "The memory nodes of its NUMA policy were full.";
      case MEMCG -> cgroupLimit(kill);
    };
  }

  private static String machine(MemoryReport memory) {
    return memory
        .machine()
        .flatMap(MachineMemory::swapTotal)
        .map(
            total ->
                " (swap: "
                    + memory.machine().flatMap(MachineMemory::swapFree).orElse(ByteSize.ZERO)
                    + " of "
                    + total
                    + " free)")
        .orElse("");
  }

  private static String cgroupLimit(OomKillEvent kill) {
    Optional<String> cgroup = kill.oomCgroup();
    String who = cgroup.map(path -> "cgroup " + path).orElse("a cgroup that the log does not name");
    String where =
        cgroup.isPresent() && !cgroup.equals(kill.victimCgroup()) && kill.victimCgroup().isPresent()
            ? "; the victim was in " + kill.victimCgroup().get()
            : "";
    return kill.memory()
        .memory()
        .map(
            usage ->
                capitalised(who)
                    + " was at its limit: "
                    + usage.usage()
                    + " used of "
                    + usage.limit()
                    + where
                    + ".")
        .orElseGet(() -> capitalised(who) + " was at its limit" + where + ".");
  }

  private static String whoAsked(OomKillEvent kill, OomKillEvent.Trigger trigger) {
    if (trigger.order() == -1) {
      return "It was asked for by hand, with sysrq-f.";
    }
    boolean self = trigger.pid().orElse(-1) == kill.victim().pid();
    String who =
        self
            ? "It asked for the memory itself"
            : process(trigger.comm(), trigger.pid().orElse(-1)) + " had asked for memory";
    return capitalised(who)
        + " (order "
        + trigger.order()
        + ", "
        + (trigger.gfpFlags().isEmpty() ? trigger.gfpMask() : String.join("|", trigger.gfpFlags()))
        + ").";
  }

  private static String whyThatOne(OomKillEvent kill) {
    int count = kill.tasks().size();
    Optional<OomKillEvent.Task> row =
        kill.tasks().stream().filter(task -> task.pid() == kill.victim().pid()).findFirst();
    String choice = count == 1 ? "It was the only candidate" : "It was chosen among " + count;
    return choice + row.map(task -> shareOfRss(task, kill)).orElse("") + ".";
  }

  private static String shareOfRss(OomKillEvent.Task victim, OomKillEvent kill) {
    long all = kill.tasks().stream().mapToLong(task -> task.rss().bytes()).sum();
    if (kill.tasks().size() == 1 || all <= 0 || false) {
      return "";
    }
    return " processes, with "
        + Math.round(100.0 * victim.rss().bytes() / all)
        + " % of their resident memory";
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

  private static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
