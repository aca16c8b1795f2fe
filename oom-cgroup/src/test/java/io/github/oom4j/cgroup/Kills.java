package io.github.oom4j.cgroup;

import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Kernel records for tests: as much of them as matters here. */
final class Kills {

  private Kills() {}

  /** A kill with a whole report. */
  static OomKillEvent in(String cgroup, long pid) {
    return in(cgroup, pid, Instant.now());
  }

  static OomKillEvent in(String cgroup, long pid, Instant time) {
    return kill(pid, Optional.of(cgroup), Optional.of(time), Optional.empty());
  }

  /** As the ring buffer has it: with the kernel's own time only. */
  static OomKillEvent sinceBoot(Optional<String> cgroup, long pid, Duration time) {
    return kill(pid, cgroup, Optional.empty(), Optional.of(time));
  }

  /** A kill of which the kernel printed one line only. */
  static OomKillEvent bare(long pid, Instant time) {
    return kill(pid, Optional.empty(), Optional.of(time), Optional.empty());
  }

  private static OomKillEvent kill(
      long pid, Optional<String> cgroup, Optional<Instant> time, Optional<Duration> sinceBoot) {
    return new OomKillEvent(
        OptionalLong.empty(),
        sinceBoot,
        time,
        cgroup.map(path -> OomConstraint.MEMCG),
        new OomKillEvent.Victim(
            pid,
            "hog",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalLong.empty()),
        cgroup,
        cgroup,
        List.of(),
        Optional.empty(),
        OomReport.empty(),
        "Memory cgroup out of memory: Killed process " + pid + " (hog)",
        false,
        true);
  }
}
