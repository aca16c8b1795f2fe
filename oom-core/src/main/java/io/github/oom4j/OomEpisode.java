package io.github.oom4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An OOM that ended without a kill, or of which the log does not tell a kill.
 *
 * @param sequence the record's sequence number in {@code /dev/kmsg}; empty for text logs
 * @param sinceBoot time of the line that told the outcome, on the kernel's printk clock
 * @param wallClock time of that line as wall clock, where the log tells it
 * @param outcome how it ended
 * @param pid the process that is spoken of, for {@link Outcome#ALREADY_EXITING}
 * @param comm its command name
 * @param constraint what limited the allocation, as far as the log says
 * @param oomCgroup {@code oom_memcg}: the cgroup at its limit
 * @param report what was printed before the outcome; empty where nothing was
 * @param line the kernel's own line that told the outcome, or the last line of the report for
 *     {@link Outcome#NOT_TOLD}; without log prefix
 * @param truncated whether records of the report were lost or cut
 * @param trusted whether the record came from the kernel for sure
 */
public record OomEpisode(
    OptionalLong sequence,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    Outcome outcome,
    OptionalLong pid,
    Optional<String> comm,
    Optional<OomConstraint> constraint,
    Optional<String> oomCgroup,
    OomReport report,
    String line,
    boolean truncated,
    boolean trusted)
    implements OomLogEvent {

  /** How an OOM ended, other than with a kill. */
  public enum Outcome {
    /** The victim was exiting by itself: {@code OOM victim .. is already exiting}; since 5.10. */
    ALREADY_EXITING,
    /** {@code Out of memory and no killable processes}: a warning for a cgroup, else a panic. */
    NO_KILLABLE_PROCESS,
    /** {@code Kernel panic - not syncing: Out of memory}, by {@code vm.panic_on_oom}. */
    PANIC_ON_OOM,
    /** {@code Kernel panic - not syncing: System is deadlocked on memory}: nobody left to kill. */
    PANIC_DEADLOCKED,
    /** sysrq-f found nobody to kill, or the killer was disabled: {@code OOM request ignored}. */
    SYSRQ_IGNORED,
    /** {@code OOM killer disabled}, as before suspend and hibernation: no kill until enabled. */
    KILLER_DISABLED,
    /** {@code OOM killer enabled} again. */
    KILLER_ENABLED,
    /** A page fault ran out of memory and was tried again: {@code VM_FAULT_OOM leaked}; 5.16. */
    FAULT_RETRIED,
    /** The report has no end in this log: it was cut, or its records were lost. */
    NOT_TOLD
  }

  @Override
  public String explain() {
    return EpisodeStory.of(this);
  }
}
