package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known about how a process ended, as input for {@link ExitVerdict#of(OomEvidence)}.
 * Immutable. What could not be read is empty, and {@link #gaps()} says why.
 *
 * @param pid the process, as the kernel's log would number it
 * @param exitValue what {@link Process#exitValue()} returned: 128 + signal if it was killed
 * @param cgroup the box the process ran in, as {@code /proc/PID/cgroup} names it
 * @param memoryMax that box's memory limit
 * @param peak the most memory the box ever used
 * @param oomKills by how much the box's count of OOM-killed processes grew ({@code oom_kill} of
 *     {@code memory.events}, or of {@code memory.oom_control} on cgroup v1)
 * @param limitHits by how much the box's own count of hits of its own limit grew ({@code oom} of
 *     {@code memory.events.local}; on cgroup v1 {@code memory.failcnt}, or one more if the peak
 *     reached the limit)
 * @param systemOomKills by how much the machine's count of OOM kills grew while the process lived
 *     ({@code oom_kill} of {@code /proc/vmstat}, 4.13 and later)
 * @param kernelRecords the kernel's records of kills in this box, oldest first
 * @param gaps what could not be read, each with what would make it readable
 */
public record OomEvidence(
    long pid,
    int exitValue,
    Optional<String> cgroup,
    Limit memoryMax,
    Optional<ByteSize> peak,
    OptionalLong oomKills,
    OptionalLong limitHits,
    OptionalLong systemOomKills,
    List<OomKillEvent> kernelRecords,
    List<String> gaps) {

  /**
   * Copies what is mutable.
   *
   * @param pid the component of that name
   * @param exitValue the component of that name
   * @param cgroup the component of that name
   * @param memoryMax the component of that name
   * @param peak the component of that name
   * @param oomKills the component of that name
   * @param limitHits the component of that name
   * @param systemOomKills the component of that name
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
   * @param pid the process
   * @param exitValue what {@link Process#exitValue()} returned
   * @param systemOomKills the growth of {@link VmStat#oomKill()} over the life of the process
   * @param kernelRecords the kernel's records of kills since its start
   * @return the evidence
   */
  public static OomEvidence ofProcess(
      long pid, int exitValue, OptionalLong systemOomKills, List<OomKillEvent> kernelRecords) {
    return new OomEvidence(
        pid,
        exitValue,
        Optional.empty(),
        Limit.none(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        systemOomKills,
        kernelRecords,
        List.of());
  }

  /**
   * The kernel's record of the kill of the process itself.
   *
   * @return the newest record that names its PID, or empty
   */
  public Optional<OomKillEvent> recordOfProcess() {
    return kernelRecords.stream()
        .filter(kill -> kill.victim().pid() == pid)
        .reduce((older, newer) -> newer);
  }
}
