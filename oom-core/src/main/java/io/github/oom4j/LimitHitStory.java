package io.github.oom4j;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words for which limit a kill was about. */
final class LimitHitStory {

  /** The order that a report by hand shows. */
  static final int SYSRQ = -1;

  private LimitHitStory() {}

  static String of(OomKillEvent kill) {
    if (isByHand(kill)) {
      return "It was asked for by hand, with sysrq-f: memory need not have been short.";
    }
    if (kill.constraint().isEmpty()) {
      return unknown(kill);
    }
    return switch (kill.constraint().get()) {
      case NONE -> machine(kill.report()) + ".";
      case CPUSET ->
          "The NUMA nodes "
              + kill.report().memsAllowed().map(nodes -> "(" + nodes + ") ").orElse("")
              + "of the asking task's cpuset"
              + kill.report().cpuset().map(name -> " " + KillStory.printable(name)).orElse("")
              + " were out of memory.";
      case MEMORY_POLICY ->
          "The NUMA nodes "
              + kill.report().nodemask().map(nodes -> "(" + nodes + ") ").orElse("")
              + "of the asking task's memory policy were out of memory.";
      case MEMCG -> cgroup(kill);
    };
  }

  static boolean isByHand(OomKillEvent kill) {
    return kill.trigger().map(trigger -> trigger.order() == SYSRQ).orElse(false);
  }

  private static String unknown(OomKillEvent kill) {
    return kill.killLine().strip().startsWith("Out of ")
            || kill.victim().score().isPresent()
            || kill.memory().machine().isPresent()
        ? "The machine, or the NUMA nodes that the request was bound to, were out of memory"
            + amounts(kill.report())
            + "."
        : "The log does not say what ran out of memory.";
  }

  private static String machine(OomReport report) {
    Optional<ByteSize> free = report.machineSize("free");
    Optional<ByteSize> ram = report.machineTotal();
    boolean plenty = free.isPresent() && ram.isPresent() && isTenth(free.get(), ram.get());
    return plenty
        ? "It was a system-wide OOM though "
            + free.get()
            + " were free"
            + amounts(report)
            + shortZones(report)
        : "The whole machine was out of memory" + amounts(report);
  }

  private static boolean isTenth(ByteSize part, ByteSize whole) {
    return part.bytes() >= whole.bytes() / 10;
  }

  /** The zones that had less than kswapd fights for, without what only movable pages may use. */
  private static String shortZones(OomReport report) {
    String zones =
        report.memory().machine().stream()
            .flatMap(machine -> machine.zones().stream())
            .filter(
                zone ->
                    zone.free().isPresent()
                        && zone.low().isPresent()
                        && usable(zone).compareTo(zone.low().get()) < 0)
            .limit(4)
            .map(zone -> zone.name() + " with " + usable(zone) + " free of " + zone.low().get())
            .collect(Collectors.joining(", "));
    return zones.isEmpty() ? "" : "; below their low watermark were " + zones;
  }

  private static ByteSize usable(MemoryZone zone) {
    return zone.free()
        .orElse(ByteSize.ZERO)
        .minusOrZero(zone.sizes().getOrDefault("free_cma", ByteSize.ZERO));
  }

  private static String amounts(OomReport report) {
    Optional<String> swap =
        report
            .memory()
            .machine()
            .flatMap(
                machine ->
                    machine
                        .swapTotal()
                        .map(
                            total ->
                                total.equals(ByteSize.ZERO)
                                    ? "no swap"
                                    : machine.swapFree().map(free -> free + " of ").orElse("")
                                        + total
                                        + " of swap"
                                        + (machine.swapFree().isPresent() ? " free" : "")));
    String known =
        Stream.of(report.machineTotal().map(ram -> ram + " of RAM"), swap)
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return known.isEmpty() ? "" : " (" + known + ")";
  }

  private static String cgroup(OomKillEvent kill) {
    return who(kill) + " was at its limit" + usage(kill.memory()) + where(kill) + ".";
  }

  private static String who(OomKillEvent kill) {
    if (kill.oomCgroup().isPresent()) {
      return "Cgroup " + KillStory.printable(kill.oomCgroup().get());
    }
    return kill.ambiguous()
        ? "One of several cgroups that the log's names allow ("
            + kill.candidates().stream()
                .flatMap(candidate -> candidate.oomCgroup().stream())
                .distinct()
                .map(KillStory::printable)
                .collect(Collectors.joining(" or "))
            + ")"
        : "A cgroup that the log does not name";
  }

  /** The counter that was full: memory, or, in cgroup v1, memory+swap or kmem. */
  private static String usage(MemoryReport memory) {
    Optional<MemoryReport.Usage> full = memory.memory().filter(LimitHitStory::isFull);
    if (full.isEmpty() && memory.memoryAndSwap().filter(LimitHitStory::isFull).isPresent()) {
      return " for memory and swap" + words(memory.memoryAndSwap());
    }
    if (full.isEmpty() && memory.kmem().filter(LimitHitStory::isFull).isPresent()) {
      return " for kernel memory" + words(memory.kmem());
    }
    return words(memory.memory());
  }

  private static String words(Optional<MemoryReport.Usage> usage) {
    return usage
        .map(
            counter ->
                ": "
                    + counter.usage()
                    + " used of "
                    + counter.limit()
                    + (counter.failcnt() > 0 ? ", hit " + times(counter.failcnt()) : ""))
        .orElse("");
  }

  private static String times(long count) {
    return count == 1 ? "once" : count + " times so far";
  }

  /** The request that failed was not charged, and others may have given back a little. */
  private static boolean isFull(MemoryReport.Usage usage) {
    return usage
        .limit()
        .size()
        .map(limit -> usage.usage().bytes() >= limit.bytes() - limit.bytes() / 20)
        .orElse(false);
  }

  private static String where(OomKillEvent kill) {
    return kill.victimCgroup()
        .filter(cgroup -> kill.oomCgroup().isPresent() && !kill.oomCgroup().get().equals(cgroup))
        .map(cgroup -> "; the victim was in " + KillStory.printable(cgroup))
        .orElse("");
  }
}
