package io.github.oom4j;

/**
 * Whether the OOM killer may pick a process, and if not, why: the tests of {@code
 * oom_unkillable_task} and {@code oom_badness} (mm/oom_kill.c) as far as /proc shows them. A
 * process in the middle of {@code vfork}, or whose memory was already reaped, is spared too, but
 * can't be told from outside.
 */
public enum Killability {
  /** It may be picked. */
  KILLABLE,
  /** It is the machine's first process; init is never killed. */
  INIT,
  /** It is a thread of the kernel and has no memory of its own. */
  KERNEL_THREAD,
  /** It has ended, or is about to, and has given its memory back. */
  NO_MEMORY,
  /** Its {@code oom_score_adj} is -1000. */
  PROTECTED
}
