package io.github.oom4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something that the kernel's OOM killer said in the log: that it killed a process, that an OOM
 * ended without a kill, that the memory of a victim was reaped, or that reports were suppressed.
 * Only {@link OomKillEvent} means that a process was killed.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface OomLogEvent permits OomKillEvent, OomEpisode, OomReaped, OomSuppressed {

  /**
   * The record's sequence number in {@code /dev/kmsg}.
   *
   * @return the number, 0 or more; empty for text logs
   */
  OptionalLong sequence();

  /**
   * The time on the kernel's printk clock, which starts at boot.
   *
   * @return the time, or empty where the log does not tell it
   */
  Optional<Duration> sinceBoot();

  /**
   * The time as wall clock.
   *
   * @return the time, or empty where the log does not tell it
   */
  Optional<Instant> wallClock();

  /**
   * Whether the record came from the kernel for sure: facility 0 of {@code /dev/kmsg}. Text logs
   * can be forged.
   *
   * @return true for records of {@code /dev/kmsg}
   */
  boolean trusted();

  /**
   * Tells the event in plain English.
   *
   * @return one line of text
   */
  String explain();
}
