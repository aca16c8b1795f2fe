package io.github.oom4j.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How many tasks a cgroup has, with everything nested in it (the pids controller). Threads count
 * too. Immutable.
 *
 * @param current the tasks now: {@code pids.current}
 * @param max the most that may be: {@code pids.max}; empty if it says {@code max}, which is no
 *     limit
 * @param peak the most that ever were: {@code pids.peak}; empty if this kernel does not tell
 * @param maxEvents how often a fork failed for want of room: {@code max} of {@code pids.events}
 */
public record PidsUsage(long current, OptionalLong max, OptionalLong peak, OptionalLong maxEvents) {

  static PidsUsage read(Path cgroup) {
    long current = CgroupFile.number(cgroup, "pids.current");
    return new PidsUsage(
        current,
        number(cgroup, "pids.max"),
        number(cgroup, "pids.peak"),
        Files.exists(cgroup.resolve("pids.events"))
            ? CgroupFile.counters(cgroup, "pids.events").get("max")
            : OptionalLong.empty());
  }

  private static OptionalLong number(Path cgroup, String name) {
    return Files.notExists(cgroup.resolve(name)) || CgroupFile.text(cgroup, name).equals("max")
        ? OptionalLong.empty()
        : OptionalLong.of(CgroupFile.number(cgroup, name));
  }
}
