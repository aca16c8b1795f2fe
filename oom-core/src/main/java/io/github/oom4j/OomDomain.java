package io.github.oom4j;

import java.util.List;
import java.util.Optional;

/**
 * Who competes for what in an OOM: all processes for the machine's memory, those of some memory
 * nodes for the memory there, or those of a cgroup and of the cgroups below it for what that may
 * use. Immutable.
 *
 * @param cgroup the cgroup at its limit, as {@code /proc/PID/cgroup} names it; empty for the
 *     machine
 * @param nodes the memory nodes that are exhausted, as a list such as {@code 0-1}; empty for a
 *     cgroup, and for all nodes
 * @param memory the memory that is competed for: RAM, or the cgroup's {@code memory.max}
 * @param swap the swap that is competed for: the machine's, or what of it the cgroup may use
 * @param pids the candidates in the order in which the kernel looks at them; empty for all
 *     processes of the machine, which it looks at in the order of their start
 * @param orderKnown whether {@code pids} is that order for sure. cgroup v1 sorts its lists, so it
 *     does not tell who is looked at last and dies on a tie
 */
public record OomDomain(
    Optional<String> cgroup,
    Optional<String> nodes,
    ByteSize memory,
    ByteSize swap,
    Optional<List<Long>> pids,
    boolean orderKnown) {

  /**
   * Copies the list.
   *
   * @param cgroup the component of that name
   * @param nodes the component of that name
   * @param memory the component of that name
   * @param swap the component of that name
   * @param pids the component of that name
   * @param orderKnown the component of that name
   */
  public OomDomain {
    pids = pids.map(List::copyOf);
  }

  /**
   * The machine, as in a system-wide OOM.
   *
   * @param memory the machine's memory
   * @return all processes, for RAM and swap
   */
  public static OomDomain machine(MemInfo memory) {
    return new OomDomain(
        Optional.empty(),
        Optional.empty(),
        memory.total(),
        memory.swapTotal(),
        Optional.empty(),
        true);
  }

  /**
   * A cgroup at its limit.
   *
   * @param name the cgroup as {@code /proc/PID/cgroup} names it
   * @param memory its {@code memory.max}
   * @param swap what it may use of the machine's swap
   * @param pids the processes in it and below it, in the order in which the kernel looks at them
   * @param orderKnown whether {@code pids} is in that order for sure
   * @return those processes, for that memory
   */
  public static OomDomain cgroup(
      String name, ByteSize memory, ByteSize swap, List<Long> pids, boolean orderKnown) {
    return new OomDomain(
        Optional.of(name), Optional.empty(), memory, swap, Optional.of(pids), orderKnown);
  }

  /** The same processes in the competition for another amount of memory. */
  OomDomain withMemory(ByteSize size) {
    return new OomDomain(cgroup, nodes, size, swap, pids, orderKnown);
  }

  /** The kernel's {@code totalpages}: 1 stands for nothing at all. */
  long totalpages(long pageBytes) {
    return Math.max(1, memory.bytes() / pageBytes + swap.bytes() / pageBytes);
  }
}
