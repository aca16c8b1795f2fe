package io.github.oom4j;

import java.util.Optional;
import java.util.stream.Stream;

/** The words for what to look at next. */
final class NextStory {

  private NextStory() {}

  static String of(OomKillEvent kill) {
    String missing = kill.truncated() ? "Parts of the kernel's report are missing here. " : "";
    if (LimitHitStory.isByHand(kill)) {
      return missing + "Next: find out who pressed sysrq-f or wrote f to /proc/sysrq-trigger.";
    }
    if (kill.ambiguous()) {
      return missing
          + "Next: names in this report are made to be misread; compare its candidates with the"
          + " memory.events of these cgroups.";
    }
    if (kill.constraint().orElse(OomConstraint.NONE) == OomConstraint.MEMCG) {
      return missing + "Next: " + cgroup(kill) + ".";
    }
    return missing + "Next: " + machine(kill) + ".";
  }

  private static String cgroup(OomKillEvent kill) {
    if (kill.oomCgroup().isEmpty()) {
      return "find the cgroup whose memory.events has a new oom_kill"
          + (kill.report().equals(OomReport.empty())
              ? "; there is no report, of which the kernel prints at most ten in five seconds"
              : "; the report here does not name it");
    }
    String cgroup = KillStory.printable(kill.oomCgroup().get());
    CgroupMakeup of = CgroupMakeup.of(kill.memory());
    Optional<ByteSize> usage = kill.memory().memory().map(MemoryReport.Usage::usage);
    if (isMost(of.shmem(), usage)) {
      return "look for large files in tmpfs and for shared memory (/dev/shm) of "
          + cgroup
          + ": they stay when a process is killed";
    }
    if (isMost(of.kernel(), usage) || isMost(of.slab(), usage)) {
      return "see what kernel memory " + cgroup + " holds (memory.stat, slabtop)";
    }
    if (isMost(of.anon(), usage)) {
      return holder(kill, usage) + ", or give " + cgroup + " a higher limit if it needs that much";
    }
    return "see what " + cgroup + " holds (memory.stat), or give it a higher limit";
  }

  /** Half of the usage or more. */
  private static boolean isMost(Optional<ByteSize> part, Optional<ByteSize> usage) {
    return part.isPresent()
        && usage.isPresent()
        && part.get().bytes() > 0
        && part.get().bytes() >= usage.get().bytes() / 2;
  }

  /** Whose memory to look at: the victim's, or that of whoever holds more. */
  private static String holder(OomKillEvent kill, Optional<ByteSize> all) {
    Optional<OomKillEvent.Task> largest =
        kill.tasks().stream()
            .reduce((one, other) -> other.rss().compareTo(one.rss()) > 0 ? other : one);
    ByteSize victim = victimRss(kill);
    if (largest.isPresent() && largest.get().rss().bytes() > 2 * victim.bytes()) {
      OomKillEvent.Task task = largest.get();
      return "see what "
          + KillStory.process(task.comm(), task.pid())
          + ", which is larger, allocates";
    }
    if (all.isPresent() && victim.bytes() < all.get().bytes() / 10) {
      return kill.tasks().isEmpty()
          ? "see what else fills memory (ps --sort=-rss): the victim held only " + victim
          : "see why so many processes share it, of which the dump lists "
              + kill.tasks().size()
              + ", and the victim held only "
              + victim;
    }
    return "see what "
        + (kill.victim().comm().isEmpty() ? "it" : KillStory.printable(kill.victim().comm()))
        + " allocates";
  }

  private static ByteSize victimRss(OomKillEvent kill) {
    return kill.tasks().stream()
        .filter(task -> task.pid() == kill.victim().pid())
        .map(OomKillEvent.Task::rss)
        .findFirst()
        .orElseGet(
            () ->
                Stream.of(
                        kill.victim().anonRss(), kill.victim().fileRss(), kill.victim().shmemRss())
                    .flatMap(Optional::stream)
                    .reduce(ByteSize.ZERO, MemoryStory::plus));
  }

  private static String machine(OomKillEvent kill) {
    Optional<MachineMemory> machine = kill.memory().machine();
    if (machine.isEmpty()) {
      return "the report is not in this log; see the log before this line, and /proc/meminfo";
    }
    if (kill.constraint().orElse(OomConstraint.NONE) != OomConstraint.NONE) {
      return "widen the nodes it is bound to (cpuset.mems, numactl), or see numastat for who fills"
          + " them";
    }
    OomReport report = kill.report();
    Optional<ByteSize> ram = report.machineTotal();
    Optional<ByteSize> anon = MemoryStory.sum(report, "active_anon", "inactive_anon");
    Optional<ByteSize> slab = report.machineSize("slab_unreclaimable");
    if (isMost(report.machineSize("shmem"), ram)) {
      return "look for large files in tmpfs and for shared memory (df -t tmpfs, ipcs -m)";
    }
    if (isMost(slab, ram) || (slab.isPresent() && anon.isPresent() && more(slab, anon))) {
      return "see which kernel memory grew (slabtop)" + slabCache(machine.get());
    }
    if (MemoryStory.hugePages(report).filter(size -> isMost(Optional.of(size), ram)).isPresent()) {
      return "see vm.nr_hugepages: huge pages hold most of RAM";
    }
    if (isMost(MemoryStory.unaccounted(report), ram)) {
      return "look for memory that no process and no cache holds: a balloon, a driver, vmalloc";
    }
    int order = kill.trigger().map(OomKillEvent.Trigger::order).orElse(0);
    if (order > 0 && isFree(report)) {
      return "memory was free, in blocks that are too small or in another zone; see the zones'"
          + " watermarks and /proc/buddyinfo";
    }
    if (order <= 0 && isFree(report)) {
      return "memory was free that this request may not use: see its flags, and what fills the"
          + " zones that were short";
    }
    return holder(kill, ram)
        + "; a limit on the cgroup of what grows spares the machine"
        + (hasSwap(machine.get()) ? "" : "; there is no swap");
  }

  private static boolean isFree(OomReport report) {
    return report
        .machineTotal()
        .flatMap(ram -> report.machineSize("free").map(free -> free.bytes() >= ram.bytes() / 10))
        .orElse(false);
  }

  private static boolean more(Optional<ByteSize> one, Optional<ByteSize> other) {
    return one.get().compareTo(other.get()) > 0;
  }

  private static boolean hasSwap(MachineMemory machine) {
    return machine.swapTotal().map(total -> total.bytes() > 0).orElse(true);
  }

  private static String slabCache(MachineMemory machine) {
    return machine.unreclaimableSlab().stream()
        .reduce((one, other) -> other.total().compareTo(one.total()) > 0 ? other : one)
        .map(
            cache ->
                "; the largest cache is "
                    + KillStory.printable(cache.name())
                    + " with "
                    + cache.total())
        .orElse("");
  }
}
