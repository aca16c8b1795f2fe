package io.github.oom4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the kernel's {@code oom_reaper} thread did with the memory of a process that had been killed
 * before: a notice that comes later than the kill and belongs to the last {@link OomKillEvent} with
 * that PID. It never is a second kill, and not every kill has one. Since 4.6.
 *
 * <p>Source: {@code oom_reap_task()} in mm/oom_kill.c.
 *
 * @param sequence the record's sequence number in {@code /dev/kmsg}; empty for text logs
 * @param sinceBoot time of the line on the kernel's printk clock
 * @param wallClock time of the line as wall clock, where the log tells it
 * @param pid the victim's PID in the initial PID namespace
 * @param comm the victim's command name
 * @param reaped true for {@code reaped process}; false for {@code unable to reap}: its memory could
 *     not be taken away early and is freed when it has exited
 * @param anonRss {@code now anon-rss}: anonymous memory left; empty if not reaped
 * @param fileRss {@code file-rss}: file mappings left; empty if not reaped
 * @param shmemRss {@code shmem-rss}: shared memory left; empty if not reaped
 * @param trusted whether the record came from the kernel for sure
 */
public record OomReaped(
    OptionalLong sequence,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    long pid,
    String comm,
    boolean reaped,
    Optional<ByteSize> anonRss,
    Optional<ByteSize> fileRss,
    Optional<ByteSize> shmemRss,
    boolean trusted)
    implements OomLogEvent {

  @Override
  public String explain() {
    String victim = KillStory.process(comm, pid);
    if (!reaped) {
      return "The memory of "
          + victim
          + " could not be taken away early: it stays in use until the process has exited.";
    }
    return "The memory of "
        + victim
        + " was taken away before it had exited"
        + anonRss.map(left -> "; anonymous memory left: " + left).orElse("")
        + ".";
  }
}
