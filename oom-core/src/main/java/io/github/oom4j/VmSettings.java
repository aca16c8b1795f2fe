package io.github.oom4j;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings that decide whether and how the OOM killer strikes: files of {@code /proc/sys/vm}
 * (kernel documentation, admin-guide/sysctl/vm.rst), and the two lines of {@code /proc/meminfo}
 * that go with them. Immutable. A file that this system does not have is empty.
 *
 * @param overcommitMode {@code overcommit_memory}
 * @param overcommitRatio {@code overcommit_ratio}: percent of RAM that counts for {@code
 *     CommitLimit}
 * @param overcommitKbytes {@code overcommit_kbytes}: a size that counts instead of the ratio,
 *     unless it is 0; 3.14 and later
 * @param commitLimit {@code CommitLimit}: the most that may be reserved in {@link
 *     OvercommitMode#NEVER}
 * @param committedAs {@code Committed_AS}: what is reserved now
 * @param panicOnOom {@code panic_on_oom}: 0 kill a process, 1 panic when the whole machine is out
 *     of memory, 2 panic also when a cpuset, policy or cgroup is
 * @param oomKillAllocatingTask {@code oom_kill_allocating_task}: kill whoever asked, not the worst
 * @param oomDumpTasks {@code oom_dump_tasks}: print the candidates into the kernel log
 * @param swappiness {@code swappiness}: 0 to 200 (to 100 before 5.8), readiness to swap
 * @param minFree {@code min_free_kbytes}: kept free for the kernel itself
 * @param adminReserve {@code admin_reserve_kbytes}: kept for root in {@link OvercommitMode#NEVER};
 *     3.10 and later
 * @param userReserve {@code user_reserve_kbytes}: kept from a single process in {@link
 *     OvercommitMode#NEVER}; 3.10 and later
 */
public record VmSettings(
    Optional<OvercommitMode> overcommitMode,
    OptionalInt overcommitRatio,
    Optional<ByteSize> overcommitKbytes,
    Optional<ByteSize> commitLimit,
    Optional<ByteSize> committedAs,
    OptionalInt panicOnOom,
    Optional<Boolean> oomKillAllocatingTask,
    Optional<Boolean> oomDumpTasks,
    OptionalInt swappiness,
    Optional<ByteSize> minFree,
    Optional<ByteSize> adminReserve,
    Optional<ByteSize> userReserve) {

  /**
   * Reads them now.
   *
   * @return the settings of this machine
   * @throws OomException if they can't be read, as on another system than Linux
   */
  public static VmSettings read() {
    return ProcFs.system().vmSettings();
  }
}
