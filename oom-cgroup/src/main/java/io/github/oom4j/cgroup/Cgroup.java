package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.DeniedException;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomException;
import io.github.oom4j.OomRanking;
import io.github.oom4j.ProcessGoneException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A cgroup, as far as it is about memory. Both versions are read alike; where version 1 has no
 * equivalent, an {@link UnsupportedKernelException} says so and names the file of version 2.
 *
 * <p>Immutable and thread-safe; every method reads now and keeps nothing open but what an {@link
 * EventSubscription} needs until it is closed. Each that reads files throws a {@link
 * CgroupGoneException} when the cgroup was removed, a {@link DeniedException} where this process
 * may not read, and an {@link UnsupportedKernelException} where the file is missing; the message
 * says why, and if the memory is counted elsewhere, where.
 */
public final class Cgroup {

  private final CgroupPlace place;
  private final Path path;
  private final MemoryFiles files;

  Cgroup(CgroupPlace place) {
    this.place = place;
    this.path = place.path();
    this.files = place.files();
  }

  /**
   * The cgroup of this JVM.
   *
   * @return its cgroup in the hierarchy that has the memory controller
   * @throws UnsupportedKernelException if no such hierarchy is mounted, or it does not show it
   */
  public static Cgroup self() {
    return new Cgroup(CgroupPlace.of("self"));
  }

  /**
   * The cgroup of a process.
   *
   * @param pid the process
   * @return its cgroup in the hierarchy that has the memory controller
   * @throws ProcessGoneException if there is no such process
   * @throws CgroupGoneException if the process is a zombie whose cgroup was removed
   * @throws UnsupportedKernelException if no such hierarchy is mounted, or it does not show it
   */
  public static Cgroup of(long pid) {
    return new Cgroup(CgroupPlace.of(Long.toString(pid)));
  }

  /**
   * The cgroup at a directory, or a directory of captured files that looks like one.
   *
   * @param path the directory
   * @return the cgroup; its files tell the version
   * @throws UnsupportedKernelException if there is no such directory, or nothing about memory in it
   */
  public static Cgroup at(Path path) {
    return new Cgroup(CgroupPlace.at(path));
  }

  /** {@return its directory, an absolute path} */
  public Path path() {
    return path;
  }

  /**
   * What the kernel calls it, as in {@code /proc/PID/cgroup} and in the log: its path from the root
   * of the hierarchy, or of the cgroup namespace. Bytes that are not UTF-8 show as U+FFFD.
   *
   * @return a path that starts with a slash; for a directory outside of a mounted hierarchy, that
   *     directory
   */
  public String name() {
    return place.name();
  }

  /**
   * The cgroup above it.
   *
   * @return the parent; empty for the root, and for the topmost that this process can see
   */
  public Optional<Cgroup> parent() {
    return ancestors().stream().findFirst();
  }

  /**
   * The cgroups above it, as far as this process can see them. One that vanishes meanwhile is left
   * out.
   *
   * @return the parent first, the root or topmost visible one last
   */
  public List<Cgroup> ancestors() {
    return place.above().stream().map(Cgroup::new).toList();
  }

  /**
   * The cgroups directly in it. One that vanishes meanwhile is left out.
   *
   * @return in ascending order of their paths
   */
  public List<Cgroup> children() {
    return place.below().stream().map(Cgroup::new).toList();
  }

  /** {@return its memory and own settings: what {@code memory.current} and others say now} */
  public CgroupMemory memory() {
    return files.memory(path);
  }

  /** {@return what its memory is made of: what {@code memory.stat} says now} */
  public MemoryStat stat() {
    return files.stat(path);
  }

  /**
   * How often it, or one nested in it, met its limits.
   *
   * @return what {@code memory.events} says now; where cgroup2 is mounted with {@code
   *     memory_localevents}, that leaves out what is nested
   */
  public MemoryEvents events() {
    return files.events(path);
  }

  /**
   * {@return how often this very cgroup met its own limits, nested ones not counted: what {@code
   * memory.events.local} says now, since 5.2}
   */
  public MemoryEvents localEvents() {
    return files.localEvents(path);
  }

  /**
   * Ranks who dies if this cgroup grows until a limit is hit: its own, or that of the cgroup above
   * it that has the least room left, as {@link OomRanking#domain()} tells. What the kernel can drop
   * without a kill, file pages and reclaimable slab, counts as room. If no cgroup here has a limit,
   * it is the ranking of the machine.
   *
   * <p>Of cgroup v1 it is not known which of several processes with equal points is picked.
   *
   * @return the ranking of all processes that compete for that limit
   */
  public OomRanking oomRanking() {
    return CgroupRanking.of(this);
  }

  /**
   * Calls back whenever {@link #events()} changes: this cgroup, or one nested in it, met a limit,
   * or a process was killed. The kernel tells once per 10 ms at most, so one call may stand for
   * many events; the last state is always told.
   *
   * <pre>{@code
   * try (EventSubscription watch = job.cgroup().onMemoryEvents(change -> {
   *   if (change.growth().oomKill().orElse(0) > 0) {
   *     log.warn("OOM kills in " + job + ": " + change.now().oomKill());
   *   }
   * })) {
   *   job.waitFor();
   * }
   * }</pre>
   *
   * <p>A process may be seen dead before its kill is told here: to judge how it ended, read the
   * events again after its end, or take {@link ScopedProcess#waitFor()}.
   *
   * @param listener hears of each change after this call. Called as {@link EventSubscription} says
   * @return the subscription, to be closed
   * @throws UnsupportedKernelException if there is no {@code memory.events}: on cgroup v1, whose
   *     {@code memory.oom_control} tells that memory ran out but not what became of it, and in the
   *     root cgroup
   */
  public EventSubscription onMemoryEvents(Consumer<? super MemoryEventsChange> listener) {
    return Subscriptions.memoryEvents(path, files, "memory.events", listener);
  }

  /**
   * As {@link #onMemoryEvents}, of {@link #localEvents()}.
   *
   * @param listener hears of each change after this call. Called as {@link EventSubscription} says
   * @return the subscription, to be closed
   */
  public EventSubscription onLocalMemoryEvents(Consumer<? super MemoryEventsChange> listener) {
    return Subscriptions.memoryEvents(path, files, "memory.events.local", listener);
  }

  /**
   * Calls back each time the memory pressure in this cgroup goes beyond a threshold. {@link
   * MemoryPressure#onPressure} is about the whole machine.
   *
   * @param trigger how much pressure
   * @param listener gets what {@code memory.pressure} says when the trigger fires; at most once in
   *     a window. Called as {@link EventSubscription} says
   * @return the subscription, to be closed
   * @throws OomException as {@link MemoryPressure#onPressure}; the file must be writable too
   */
  public EventSubscription onPressure(
      PressureTrigger trigger, Consumer<? super MemoryPressure> listener) {
    return Subscriptions.pressureOf(path, trigger, listener);
  }

  /**
   * Calls back with whether there is a process in this cgroup or one nested in it: {@code
   * populated} of {@code cgroup.events}.
   *
   * @param listener gets the present state first, then each new one; what lasts for less than 10 ms
   *     may go unseen. Called as {@link EventSubscription} says
   * @return the subscription, to be closed
   * @throws UnsupportedKernelException if there is no such file, as in the root cgroup and on v1
   */
  public EventSubscription onPopulated(Consumer<? super Boolean> listener) {
    return Subscriptions.populated(path, listener);
  }

  /** How often this very cgroup stood at its own limit, nested ones not counted. */
  OptionalLong limitHits() {
    return files.limitHits(path);
  }

  /** Its own limit, and nothing else of {@link #memory()}. */
  Limit max() {
    return files.max(path);
  }

  /** The most it ever used, and nothing else of {@link #memory()}. */
  Optional<ByteSize> peak() {
    return files.peak(path);
  }

  /** {@return its swap: what {@code memory.swap.current} and others say now} */
  public SwapUsage swap() {
    return files.swap(path);
  }

  /**
   * {@return its compressed swap in RAM: what {@code memory.zswap.current} and others say now,
   * since 5.19; not on v1}
   */
  public ZswapUsage zswap() {
    files.needV2(path, "memory.zswap.current", "");
    return ZswapUsage.read(path);
  }

  /**
   * {@return on which NUMA nodes its memory is: what {@code memory.numa_stat} says now, since 5.10}
   */
  public NumaStat numaStat() {
    return files.numaStat(path);
  }

  /**
   * {@return how much time its tasks lose for want of memory: what {@code memory.pressure} says
   * now, since 4.20; not on v1}
   */
  public MemoryPressure pressure() {
    files.needV2(path, "memory.pressure", "MemoryPressure.read() tells that of the machine");
    return MemoryPressure.of(path);
  }

  /**
   * {@return how many tasks it has, and may have: what {@code pids.current} and others say now; on
   * v1 only where one hierarchy has both controllers}
   */
  public PidsUsage pidsUsage() {
    if (Files.notExists(path.resolve("pids.current"))) {
      files.needV2(path, "pids.current", "the pids controller has a hierarchy of its own");
    }
    return PidsUsage.read(path);
  }

  /**
   * Its huge pages of the machine's reserved pool, since 5.6; not on v1.
   *
   * @return one for each size of page; none where the controller is not handed down to it
   */
  public List<HugetlbUsage> hugetlb() {
    files.needV2(path, "hugetlb.2MB.current", "the hugetlb controller has a hierarchy of its own");
    return HugetlbUsage.read(path);
  }

  /**
   * The limit of memory that holds for it in the end: the tightest {@code memory.max} of its own,
   * of all cgroups above it, and the machine's RAM.
   *
   * @return the limit, and who holds it
   */
  public EffectiveLimit effectiveMax() {
    return effectiveMax(MemInfo.read());
  }

  /**
   * The same on another machine, for captured trees.
   *
   * @param machine its RAM
   * @return the limit, and who holds it
   */
  public EffectiveLimit effectiveMax(MemInfo machine) {
    return EffectiveLimit.of("memory.max", files.max(place.line()).within(machine.total()), place);
  }

  /**
   * Where it is slowed down in the end: the tightest {@code memory.high} of its own and of all
   * cgroups above it; not on v1.
   *
   * @return the limit, and who holds it
   */
  public EffectiveLimit effectiveHigh() {
    files.needV2(path, "memory.high", "");
    return EffectiveLimit.of("memory.high", Ceiling.ofV2(place.line(), "memory.high"), place);
  }

  /**
   * How much swap it can use in the end: the tightest {@code memory.swap.max} of its own, of all
   * cgroups above it, and the machine's swap; not on v1.
   *
   * @return the limit, and who holds it
   */
  public EffectiveLimit effectiveSwapMax() {
    files.needV2(path, "memory.swap.max", "it limits memory and swap together");
    Ceiling ceiling =
        Ceiling.ofV2(place.line(), "memory.swap.max").within(MemInfo.read().swapTotal());
    return EffectiveLimit.of("memory.swap.max", ceiling, place);
  }

  /**
   * {@return its type and controllers, and whether it has processes or is frozen: what {@code
   * cgroup.type} and others say now; not on v1}
   */
  public CgroupState state() {
    files.needV2(path, "cgroup.type", "");
    return CgroupState.read(path);
  }

  /**
   * The processes in it, without those of nested cgroups. A threaded cgroup has only threads of
   * processes, and can't tell.
   *
   * @return their PIDs in ascending order; processes of another PID namespace are left out
   */
  public List<Long> pids() {
    try {
      return CgroupTree.processes(path);
    } catch (IOException e) {
      throw CgroupFile.failure(path, "cgroup.procs", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cgroup that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  /** Its directory. */
  @Override
  public String toString() {
    return path.toString();
  }
}
