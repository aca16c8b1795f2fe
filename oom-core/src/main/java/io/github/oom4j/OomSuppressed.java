package io.github.oom4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The kernel's notice that it left out reports of OOM kills: it prints at most ten in five seconds,
 * of the whole machine, and of the others only the kill line. The notice comes with the next report
 * that is printed.
 *
 * <p>Source: {@code oom_kill_process: <n> callbacks suppressed}, {@code ___ratelimit()} in
 * lib/ratelimit.c.
 *
 * @param sequence the record's sequence number in {@code /dev/kmsg}; empty for text logs
 * @param sinceBoot time of the line on the kernel's printk clock
 * @param wallClock time of the line as wall clock, where the log tells it
 * @param reports how many reports were left out, 1 or more
 * @param trusted whether the record came from the kernel for sure
 */
public record OomSuppressed(
    OptionalLong sequence,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    long reports,
    boolean trusted)
    implements OomLogEvent {

  @Override
  public String explain() {
    return "The kernel left out the reports of "
        + reports
        + (reports == 1 ? " OOM kill" : " OOM kills")
        + " before this, to limit its log: only their kill lines were printed.";
  }
}
