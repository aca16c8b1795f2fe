package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known about how a process ended, as input for {@link ExitVerdict#of(OomEvidence)}.
 * Immutable. What could not be read is empty, and {@link #gaps()} says why.
 *
 * @param pid the process, as this JVM numbers it
 * @param kernelPid its PID as the kernel's log numbers it, which is that of the initial PID
 *     namespace; empty if this JVM lives in another one, from where it can't be told
 * @param exitValue what {@link Process#exitValue()} returned: 128 + signal if it was killed
 * @param cgroup the box the process ran in, as {@code /proc/PID/cgroup} names it
 * @param memoryMax that box's memory limit
 * @param peak the most memory the box ever used
 * @param oomKills by how much the box's count of OOM kills grew, nested cgroups included ({@code
 *     oom_kill} of {@code memory.events}, or of {@code memory.oom_control} on cgroup v1)
 * @param groupKills how often the box, or a cgroup in it, was killed as a group ({@code
 *     oom_group_kill} of {@code memory.events}, 5.17 and later). Each such kill counts one more in
 *     {@code oomKills} than it killed processes
 * @param limitHits by how much the box's own count of hits of its own limit grew ({@code oom} of
 *     {@code memory.events.local}; on cgroup v1 {@code memory.failcnt}, or one if the peak reached
 *     the limit; empty there if a limit nested in the box, or above it, may have been hit too)
 * @param nestedLimitHits by how much that count of the cgroups nested in the box grew; empty on
 *     cgroup v1
 * @param above the counters of the cgroups above the box
 * @param systemOomKills by how much the machine's count of OOM kills grew while the process lived
 *     ({@code oom_kill} of {@code /proc/vmstat}, 4.13 and later)
 * @param userspaceKill the trace of a userspace OOM killer that killed the process or its box
 * @param kernelRecords the kernel's records of kills in this box, or of the process wherever it had
 *     gone, oldest first
 * @param gaps what could not be read, each with what would make it readable
 */
public record OomEvidence(
    long pid,
    OptionalLong kernelPid,
    int exitValue,
    Optional<String> cgroup,
    Limit memoryMax,
    Optional<ByteSize> peak,
    OptionalLong oomKills,
    OptionalLong groupKills,
    OptionalLong limitHits,
    OptionalLong nestedLimitHits,
    CgroupsAbove above,
    OptionalLong systemOomKills,
    Optional<UserspaceKill> userspaceKill,
    List<OomKillEvent> kernelRecords,
    List<String> gaps) {

  /**
   * Copies what is mutable.
   *
   * @param pid the component of that name
   * @param kernelPid the component of that name
   * @param exitValue the component of that name
   * @param cgroup the component of that name
   * @param memoryMax the component of that name
   * @param peak the component of that name
   * @param oomKills the component of that name
   * @param groupKills the component of that name
   * @param limitHits the component of that name
   * @param nestedLimitHits the component of that name
   * @param above the component of that name
   * @param systemOomKills the component of that name
   * @param userspaceKill the component of that name
   * @param kernelRecords the component of that name
   * @param gaps the component of that name
   */
  public OomEvidence {
    kernelRecords = List.copyOf(kernelRecords);
    gaps = List.copyOf(gaps);
  }

  /**
   * Evidence for a process that ran in no box of its own.
   *
   * @param pid the process, as the kernel's log would number it
   * @param exitValue what {@link Process#exitValue()} returned
   * @param systemOomKills the growth of {@link VmStat#oomKill()} over the life of the process
   * @param kernelRecords the kernel's records of kills since its start
   * @return the evidence
   */
  public static OomEvidence ofProcess(
      long pid, int exitValue, OptionalLong systemOomKills, List<OomKillEvent> kernelRecords) {
    return new OomEvidence(
        pid,
        OptionalLong.of(pid),
        exitValue,
        Optional.empty(),
        Limit.none(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        CgroupsAbove.UNKNOWN,
        systemOomKills,
        Optional.empty(),
        kernelRecords,
        List.of());
  }

  /**
   * The kernel's record of the kill of the process itself. Where the kernel's PIDs can't be matched
   * ({@link #kernelPid()}), it is the record whose task dump lists the victim first, if the box was
   * at its own limit: the kernel lists the processes of a cgroup in the order in which they came
   * in, and the process itself was the first.
   *
   * @return the newest such record, or empty
   */
  public Optional<OomKillEvent> recordOfProcess() {
    return kernelRecords.stream()
        .filter(
            kernelPid.isPresent()
                ? kill -> kill.victim().pid() == kernelPid.getAsLong()
                : kill -> dumpOfBox(kill) && victimIsFirst(kill))
        .reduce((older, newer) -> newer);
  }

  /** The newest record, whosever kill it tells. */
  Optional<OomKillEvent> lastRecord() {
    return kernelRecords.isEmpty()
        ? Optional.empty()
        : Optional.of(kernelRecords.get(kernelRecords.size() - 1));
  }

  /** Whether every record surely is of another process than the process itself. */
  boolean recordsAreOfOthers() {
    return recordOfProcess().isEmpty()
        && !kernelRecords.isEmpty()
        && (kernelPid.isPresent() || kernelRecords.stream().allMatch(this::dumpOfBox));
  }

  private boolean dumpOfBox(OomKillEvent kill) {
    return cgroup.isPresent()
        && kill.oomCgroup().filter(limited -> limited.endsWith(cgroup.get())).isPresent()
        && !kill.tasks().isEmpty()
        && !kill.truncated();
  }

  private static boolean victimIsFirst(OomKillEvent kill) {
    return kill.tasks().get(0).tgid() == kill.victim().pid();
  }

  /** Whether there is a record of every kill that the box counted. */
  boolean recordsAreComplete() {
    return oomKills.isPresent()
        && kernelRecords.size() >= oomKills.getAsLong() - groupKills.orElse(0);
  }

  /** Whether the kernel's counters prove that it killed nothing in the box. */
  boolean kernelKilledNothing() {
    return oomKills.orElse(1) == 0 || systemOomKills.orElse(1) == 0;
  }
}
