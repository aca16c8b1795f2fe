package io.github.oom4j;

/** What the kernel does when memory is out, by its settings (mm/oom_kill.c). */
public enum OomFate {
  /** It kills the process with the most badness, or the group that this one is in. */
  KILL,
  /**
   * It kills the process that asked for memory, whichever that is: {@code
   * vm.oom_kill_allocating_task} is 1. A cgroup's OOM does not heed that setting.
   */
  KILL_ALLOCATING_TASK,
  /** It panics: {@code vm.panic_on_oom} is 2, or 1 and the whole machine is out of memory. */
  PANIC,
  /**
   * There is nobody to kill. The machine panics; in a cgroup the process that asks waits, or gets
   * an error.
   */
  NOBODY
}
