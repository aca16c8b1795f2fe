package io.github.oom4j.kmsg;

/** Lines that end a report without a kill. Source: {@code out_of_memory()} in mm/oom_kill.c. */
final class EndLine {

  private EndLine() {}

  static boolean ends(String text) {
    String line = text.strip();
    return line.startsWith("Out of memory and no killable processes")
        || line.startsWith("Kernel panic - not syncing: Out of memory")
        || line.startsWith("Kernel panic - not syncing: System is deadlocked on memory")
        || ((line.startsWith("Out of memory: OOM victim ")
                || line.startsWith("Memory cgroup out of memory: OOM victim "))
            && line.endsWith(" is already exiting. Skip killing the task"));
  }
}
