package io.github.oom4j.kmsg;

/** How the wall clock time of a live record is known: the kernel itself logs none. */
public enum WallClockAccuracy {
  /** The clock when the record was read, at most a second after it was written. */
  READ,
  /**
   * Computed from the printk clock, for records that were there before the watch began or that were
   * read late. That clock drifts, by seconds in a month, and stops in suspend: what was logged
   * before a suspend seems later than it was, by its length. {@link KernelLog#kills()} knows no
   * better.
   */
  ESTIMATED,
  /** It is not known: the log is not that of the running kernel. */
  UNKNOWN
}
