package io.github.oom4j;

/** The words of {@link OomEpisode#explain()}. */
final class EpisodeStory {

  private EpisodeStory() {}

  static String of(OomEpisode episode) {
    String limit =
        episode
            .oomCgroup()
            .map(cgroup -> "Cgroup " + KillStory.printable(cgroup) + " was at its limit: ")
            .orElse("");
    String asker =
        episode
            .report()
            .trigger()
            .map(
                trigger ->
                    " "
                        + KillStory.process(trigger.comm(), trigger.pid().orElse(-1))
                        + " had asked for memory.")
            .orElse("");
    return limit
        + switch (episode.outcome()) {
          case ALREADY_EXITING ->
              "No process was killed: "
                  + KillStory.process(episode.comm().orElse(""), episode.pid().orElse(-1))
                  + ", the choice, was exiting by itself.";
          case NO_KILLABLE_PROCESS ->
              "No process was killed: there was none that may be killed. Look for an"
                  + " oom_score_adj of -1000, and for memory that no process holds (tmpfs, page"
                  + " cache, kernel memory)."
                  + asker;
          case PANIC_ON_OOM ->
              "The kernel panicked instead of killing a process, as vm.panic_on_oom demands."
                  + asker;
          case PANIC_DEADLOCKED ->
              "The kernel panicked: memory was short and no process was left to kill." + asker;
          case SYSRQ_IGNORED ->
              "An OOM kill was asked for by hand (sysrq-f), and no process was killed.";
          case KILLER_DISABLED ->
              "The OOM killer was disabled, as before a suspend: until it is enabled,"
                  + " allocations fail instead.";
          case KILLER_ENABLED -> "The OOM killer was enabled again.";
          case FAULT_RETRIED ->
              "A page fault ran out of memory and was tried again; no process was killed.";
          case NOT_TOLD ->
              "The log has the beginning of an OOM report, and not how it ended." + asker;
        };
  }
}
