package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** The words for what memory consisted of. */
final class MemoryStory {

  private MemoryStory() {}

  static Optional<String> of(OomKillEvent kill) {
    StringJoiner parts = new StringJoiner(", ");
    if (!kill.memory().statistics().isEmpty()) {
      cgroup(kill.memory(), parts);
      return sentence("The cgroup held ", parts);
    }
    if (kill.memory().machine().isPresent()) {
      machine(kill.report(), parts);
      return sentence("The machine held ", parts);
    }
    return Optional.empty();
  }

  private static Optional<String> sentence(String start, StringJoiner parts) {
    return parts.length() == 0 ? Optional.empty() : Optional.of(start + parts + ".");
  }

  private static void cgroup(MemoryReport memory, StringJoiner parts) {
    CgroupMakeup of = CgroupMakeup.of(memory);
    of.anon().ifPresent(size -> parts.add("anon " + size));
    of.file()
        .ifPresent(
            size ->
                parts.add(
                    "file "
                        + size
                        + of.shmem()
                            .filter(shmem -> shmem.bytes() > 0)
                            .map(shmem -> " (of that shmem " + shmem + ")")
                            .orElse("")));
    of.kernel().ifPresent(size -> parts.add("kernel " + size));
    of.slab().ifPresent(size -> parts.add("slab " + size));
    memory
        .swap()
        .ifPresent(
            swap ->
                parts.add("swap " + swap.usage() + " of " + noLimitAs(swap.limit(), "no limit")));
    if (memory.swap().isEmpty()) {
      of.swap().ifPresent(size -> parts.add("swap " + size));
    }
  }

  private static String noLimitAs(Limit limit, String words) {
    return limit.isNone() ? words : limit.toString();
  }

  private static void machine(OomReport report, StringJoiner parts) {
    sum(report, "active_anon", "inactive_anon").ifPresent(size -> parts.add("anon " + size));
    report.machineSize("shmem").ifPresent(size -> parts.add("shmem " + size));
    sum(report, "active_file", "inactive_file").ifPresent(size -> parts.add("file " + size));
    report
        .machineSize("unevictable")
        .filter(size -> size.bytes() >= 1 << 20)
        .ifPresent(size -> parts.add("unevictable " + size));
    sum(report, "slab_reclaimable", "slab_unreclaimable")
        .ifPresent(
            size ->
                parts.add(
                    "slab "
                        + size
                        + report
                            .machineSize("slab_unreclaimable")
                            .map(part -> " (unreclaimable " + part + ")")
                            .orElse("")));
    report.machineSize("pagetables").ifPresent(size -> parts.add("page tables " + size));
    hugePages(report)
        .filter(size -> size.bytes() > 0)
        .ifPresent(size -> parts.add("huge pages " + size));
    report.machineSize("free").ifPresent(size -> parts.add("free " + size));
    unaccounted(report).ifPresent(size -> parts.add("and " + size + " in none of these"));
  }

  static Optional<ByteSize> sum(OomReport report, String one, String other) {
    return report
        .machineSize(one)
        .flatMap(first -> report.machineSize(other).map(second -> plus(first, second)));
  }

  static ByteSize plus(ByteSize one, ByteSize other) {
    return one.bytes() > Long.MAX_VALUE - other.bytes() ? one : one.plus(other);
  }

  static Optional<ByteSize> hugePages(OomReport report) {
    return report
        .memory()
        .machine()
        .filter(machine -> !machine.hugePages().isEmpty())
        .map(
            machine ->
                machine.hugePages().stream()
                    .filter(pool -> pool.total() <= Long.MAX_VALUE / 64 / (1 + pool.size().bytes()))
                    .map(pool -> ByteSize.bytes(pool.total() * pool.size().bytes()))
                    .reduce(ByteSize.ZERO, MemoryStory::plus));
  }

  /** RAM that no counter tells of, if it is a fifth or more: drivers, balloons, vmalloc. */
  static Optional<ByteSize> unaccounted(OomReport report) {
    Optional<ByteSize> ram = report.machineTotal();
    Optional<ByteSize> anon = sum(report, "active_anon", "inactive_anon");
    Optional<ByteSize> file = sum(report, "active_file", "inactive_file");
    Optional<ByteSize> slab = sum(report, "slab_reclaimable", "slab_unreclaimable");
    Optional<ByteSize> free = report.machineSize("free");
    if (ram.isEmpty() || anon.isEmpty() || file.isEmpty() || slab.isEmpty() || free.isEmpty()) {
      return Optional.empty();
    }
    ByteSize known = ByteSize.ZERO;
    for (Optional<ByteSize> part :
        List.of(
            anon,
            file,
            slab,
            free,
            report.machineSize("unevictable"),
            report.machineSize("isolated_anon"),
            report.machineSize("isolated_file"),
            report.machineSize("pagetables"),
            report.machineSize("free_pcp"),
            hugePages(report))) {
      known = plus(known, part.orElse(ByteSize.ZERO));
    }
    ByteSize rest = ram.get().minusOrZero(known);
    return rest.bytes() >= ram.get().bytes() / 5 ? Optional.of(rest) : Optional.empty();
  }

  /** How much of the free memory lies in blocks that are large enough. */
  static Optional<String> fragmentation(OomKillEvent kill) {
    int order = kill.trigger().map(OomKillEvent.Trigger::order).orElse(0);
    Optional<MachineMemory> machine = kill.memory().machine();
    if (order <= 0 || machine.isEmpty()) {
      return Optional.empty();
    }
    ByteSize needed = KillStory.block(kill.report(), order);
    double all = 0;
    double fits = 0;
    for (MemoryZone zone : machine.get().zones()) {
      for (MemoryZone.FreeBlocks blocks : zone.freeBlocks()) {
        double bytes = (double) blocks.count() * blocks.size().bytes();
        all += bytes;
        fits += blocks.size().compareTo(needed) >= 0 ? bytes : 0;
      }
    }
    return all == 0
        ? Optional.empty()
        : Optional.of(
            "Of "
                + ByteSize.bytes((long) all)
                + " in the free lists, "
                + (fits == 0 ? "nothing" : ByteSize.bytes((long) fits).toString())
                + " was in blocks of "
                + needed
                + " or more.");
  }
}
