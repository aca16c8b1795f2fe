package io.github.oom4j;

import java.util.List;
import java.util.Optional;

/**
 * What the kernel printed between the first line of an OOM report, {@code .. invoked oom-killer},
 * and its end. The members of a group that was killed as a whole share one. Immutable.
 *
 * <p>Whatever was not printed is empty: all of it where the kernel suppressed the report.
 *
 * @param trigger the allocation that could not be satisfied
 * @param callTrace how the kernel came there, innermost function first: the frames of {@code Call
 *     Trace}, such as {@code out_of_memory+0x257/0x520}; at most 256
 * @param cpuset {@code cpuset}: the name of the allocating task's cpuset
 * @param memsAllowed {@code mems_allowed}: the NUMA nodes it may use, such as {@code 0-1}
 * @param nodemask {@code nodemask}: the nodes of the allocation's NUMA policy; empty for {@code
 *     (null)}
 * @param globalOom whether the summary says {@code global_oom}; since 5.0
 * @param choice the process that the report names as the one to kill
 * @param memory what it said about memory
 * @param tasks the processes the kernel chose from, in the order of its task dump; empty without
 *     {@code vm.oom_dump_tasks}
 * @param pageSize the size of a page there, in which {@code tasks} and the page counters of {@code
 *     Mem-Info} were printed
 * @param pageSizeAssumed true if nothing in the report told the page size, so that 4 KiB are
 *     assumed
 */
public record OomReport(
    Optional<OomKillEvent.Trigger> trigger,
    List<String> callTrace,
    Optional<String> cpuset,
    Optional<String> memsAllowed,
    Optional<String> nodemask,
    boolean globalOom,
    Optional<Choice> choice,
    MemoryReport memory,
    List<OomKillEvent.Task> tasks,
    ByteSize pageSize,
    boolean pageSizeAssumed) {

  private static final OomReport EMPTY =
      new OomReport(
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          MemoryReport.empty(),
          List.of(),
          ByteSize.kibibytes(4),
          true);

  /**
   * Copies what is mutable.
   *
   * @param trigger the component of that name
   * @param callTrace the component of that name
   * @param cpuset the component of that name
   * @param memsAllowed the component of that name
   * @param nodemask the component of that name
   * @param globalOom the component of that name
   * @param choice the component of that name
   * @param memory the component of that name
   * @param tasks the component of that name
   * @param pageSize the component of that name
   * @param pageSizeAssumed the component of that name
   */
  public OomReport {
    callTrace = List.copyOf(callTrace);
    tasks = List.copyOf(tasks);
  }

  /**
   * A report that says nothing, as when only the kill line was printed.
   *
   * @return the empty report
   */
  public static OomReport empty() {
    return EMPTY;
  }

  /**
   * A counter of {@code Mem-Info} as a size: pages times {@link #pageSize()}.
   *
   * @param counter its name as printed, such as {@code active_anon} or {@code slab_unreclaimable}
   * @return the size, or empty if it was not printed or is too large to be one
   */
  public Optional<ByteSize> machineSize(String counter) {
    return memory
        .machine()
        .map(MachineMemory::pageCounts)
        .map(c -> c.get(counter))
        .flatMap(this::pages);
  }

  /**
   * The machine's memory, {@code pages RAM} times {@link #pageSize()}, without what is reserved.
   *
   * @return the size, or empty if it was not printed
   */
  public Optional<ByteSize> machineTotal() {
    return memory
        .machine()
        .filter(machine -> machine.pagesRam().isPresent())
        .flatMap(
            machine ->
                pages(
                    machine.pagesRam().getAsLong()
                        - Math.min(
                            machine.pagesRam().getAsLong(), machine.pagesReserved().orElse(0))));
  }

  private Optional<ByteSize> pages(long count) {
    return count <= Long.MAX_VALUE / pageSize.bytes()
        ? Optional.of(ByteSize.bytes(count * pageSize.bytes()))
        : Optional.empty();
  }

  /**
   * The process that was chosen, as the line before the kill line names it. It may differ from the
   * victim: up to 5.0 a child of it may be sacrificed instead, and later the PID may be that of
   * another thread of the same process.
   *
   * @param pid its PID
   * @param comm its command name; empty where hostile names allow several readings
   * @param allocating whether it was chosen for asking, by {@code vm.oom_kill_allocating_task}, as
   *     far as that line says it (up to 5.0; later the kill line does)
   */
  public record Choice(long pid, Optional<String> comm, boolean allocating) {}
}
