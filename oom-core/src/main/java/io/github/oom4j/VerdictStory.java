package io.github.oom4j;

import java.util.Optional;
import java.util.StringJoiner;

/** The words of {@link ExitVerdict#explain()}. */
final class VerdictStory {

  private static final String[] SIGNALS = {
    "",
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS"
  };

  private VerdictStory() {}

  static String of(ExitVerdict verdict) {
    OomEvidence evidence = verdict.evidence();
    StringJoiner story = new StringJoiner(" ");
    if (verdict instanceof ExitVerdict.OomKilled killed) {
      story.add(
          "OOM-killed: "
              + victim(killed.kernelRecord(), evidence)
              + " "
              + LimitStory.of(killed.scope(), killed.kernelRecord(), evidence));
      group(killed.group(), story);
      quote(killed.kernelRecord(), story);
      if (killed.confidence() != Confidence.CERTAIN) {
        story.add(
            "No record names the command itself: if it returned the 137 of a child, as shells do,"
                + " then that child was killed, not the command.");
      }
    } else if (verdict instanceof ExitVerdict.DescendantOomKilled killed) {
      story.add(
          "A descendant was OOM-killed: "
              + killed.kernelRecord().map(VerdictStory::name).orElse("a process of the box")
              + " "
              + LimitStory.of(killed.scope(), killed.kernelRecord(), evidence));
      group(killed.group(), story);
      story.add(
          "The command itself (pid " + evidence.pid() + ") " + exited(evidence.exitValue()) + ".");
      quote(killed.kernelRecord(), story);
      if (killed.confidence() != Confidence.CERTAIN) {
        story.add("Not every kill in the box has a record: the command may have been killed too.");
      }
    } else if (verdict instanceof ExitVerdict.UserspaceOomKilled killed) {
      story.add(
          "Killed by "
              + killed.killer()
              + ", an OOM killer in userspace, not by the kernel's: the command (pid "
              + evidence.pid()
              + ") "
              + exited(evidence.exitValue())
              + ". Its trace: "
              + KillStory.printable(killed.kill().trace())
              + ".");
    } else if (verdict instanceof ExitVerdict.Killed killed) {
      story.add(killedBySignal(killed));
    } else if (verdict instanceof ExitVerdict.Exited exited) {
      story.add(
          capitalised(exited(evidence.exitValue()))
              + (exited.confidence() == Confidence.CERTAIN
                  ? "; no OOM kill was seen."
                  : "; whether anything it started was OOM-killed could not be told."));
    }
    evidence.peak().ifPresent(peak -> story.add("Peak memory: " + peak + "."));
    evidence.gaps().forEach(gap -> story.add("Not known: " + gap + "."));
    return story.toString();
  }

  private static String victim(Optional<OomKillEvent> record, OomEvidence evidence) {
    return record.map(VerdictStory::name).orElse("the command (pid " + evidence.pid() + ")");
  }

  private static String name(OomKillEvent kill) {
    return KillStory.process(kill.victim().comm(), kill.victim().pid());
  }

  private static void group(boolean group, StringJoiner story) {
    if (group) {
      story.add("All of its cgroup was killed with it (memory.oom.group).");
    }
  }

  private static void quote(Optional<OomKillEvent> record, StringJoiner story) {
    record.ifPresentOrElse(
        kill -> story.add("The kernel said: \"" + KillStory.printable(kill.killLine()) + "\"."),
        () -> story.add("The kernel's own record was not found."));
  }

  private static String exited(int exitValue) {
    int signal = exitValue - 128;
    return signal >= 1 && signal <= ExitVerdict.Killed.LAST_SIGNAL
        ? "ended with exit value " + exitValue + " (128 + " + SIGNALS[signal] + ")"
        : "exited with code " + exitValue;
  }

  private static String killedBySignal(ExitVerdict.Killed killed) {
    String signal = SIGNALS[killed.signal()];
    String seen =
        "Exit value "
            + (128 + killed.signal())
            + ": killed by "
            + signal
            + ", or exited so by itself.";
    if (killed.signal() != ExitVerdict.Killed.SIGKILL) {
      return killed.confidence() == Confidence.CERTAIN
          ? seen
          : seen + " Whether anything it started was OOM-killed could not be told.";
    }
    OomEvidence evidence = killed.evidence();
    if (!killed.oomRuledOut()) {
      return seen + " It may have been the OOM killer: too little could be read to tell.";
    }
    String proof =
        evidence.systemOomKills().orElse(1) == 0
            ? "oom_kill in /proc/vmstat did not grow while it ran"
            : "oom_kill of its cgroup did not grow";
    return seen
        + " The OOM killer is ruled out: "
        + proof
        + ". If it was a signal, a process sent it.";
  }

  private static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
