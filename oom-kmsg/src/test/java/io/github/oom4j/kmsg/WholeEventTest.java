package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.MemoryReport;
import io.github.oom4j.MemoryReport.Usage;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.Task;
import io.github.oom4j.OomKillEvent.Trigger;
import io.github.oom4j.OomKillEvent.Victim;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Some events, field by field. */
class WholeEventTest {

  private static Optional<ByteSize> kib(long kibibytes) {
    return Optional.of(ByteSize.kibibytes(kibibytes));
  }

  private static Map<String, Long> numbers(String text) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    String[] words = text.split("[ :]", -1);
    for (int i = 0; i < words.length; i += 2) {
      numbers.put(words[i], Long.parseLong(words[i + 1]));
    }
    return numbers;
  }

  private static Task task(long pid, long totalVm, long rss, long pgtables, int adj, String comm) {
    OptionalLong none = OptionalLong.empty();
    return new Task(
        pid,
        pid,
        0,
        totalVm,
        rss,
        none,
        none,
        none,
        Optional.of(ByteSize.bytes(pgtables)),
        OptionalLong.of(0),
        OptionalInt.of(adj),
        comm);
  }

  private static MemoryReport cgroup(long usage, long failcnt, String stats) {
    return new MemoryReport(
        Optional.of(
            new Usage(ByteSize.kibibytes(usage), Limit.of(ByteSize.kibibytes(204_800)), failcnt)),
        Optional.empty(),
        Optional.of(new Usage(ByteSize.ZERO, Limit.none(), 0)),
        Optional.empty(),
        numbers(stats),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  @Test
  void debian12KillsInAScope() {
    String scope = "/system.slice/run-r800ff325081f44deab1224393cd78613.scope";
    String stats =
        "anon 206442496 file 2310144 kernel 962560 kernel_stack 32768 pagetables 626688"
            + " sec_pagetables 0 percpu 0 sock 0 vmalloc 0 shmem 2297856 file_mapped 2306048"
            + " file_dirty 0 file_writeback 0 swapcached 0 anon_thp 197132288 file_thp 0"
            + " shmem_thp 0 inactive_anon 208711680 active_anon 8192 inactive_file 0"
            + " active_file 0 unevictable 12288 slab_reclaimable 60960 slab_unreclaimable 177576"
            + " slab 238536 workingset_refault_anon 0 workingset_refault_file 0"
            + " workingset_activate_anon 0 workingset_activate_file 0 workingset_restore_anon 0"
            + " workingset_restore_file 0 workingset_nodereclaim 0 pgscan 2326 pgsteal 1512"
            + " pgscan_kswapd 0 pgscan_direct 2326 pgsteal_kswapd 0 pgsteal_direct 1512"
            + " pgfault 3257 pgmajfault 45 pgrefill 603 pgactivate 604 pgdeactivate 603"
            + " pglazyfree 0 pglazyfreed 0 thp_fault_alloc 94 thp_collapse_alloc 0";
    OomKillEvent expected =
        new OomKillEvent(
            OptionalLong.of(452),
            Optional.of(Duration.ofNanos(15_917_323_000L)),
            Optional.empty(),
            Optional.of(OomConstraint.MEMCG),
            new Victim(
                166,
                "stress-ng-vm",
                kib(470_540),
                kib(201_376),
                kib(308),
                kib(0),
                OptionalLong.of(0),
                kib(468),
                OptionalInt.of(1000),
                OptionalLong.empty()),
            Optional.of(
                new Trigger(
                    "stress-ng-vm",
                    OptionalLong.of(166),
                    "0xcc0",
                    Optional.of("GFP_KERNEL"),
                    0,
                    OptionalInt.of(1000),
                    OptionalInt.of(0),
                    Optional.of("6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2"),
                    Optional.of(
                        "QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1"
                            + " 04/01/2014"))),
            Optional.of(scope),
            Optional.of(scope),
            false,
            List.of(
                task(164, 15234, 1636, 94208, -1000, "stress-ng"),
                task(165, 15235, 284, 77824, -1000, "stress-ng-vm"),
                task(166, 117635, 50421, 479232, 1000, "stress-ng-vm")),
            cgroup(204_800, 1552, stats),
            "Memory cgroup out of memory: Killed process 166 (stress-ng-vm) total-vm:470540kB,"
                + " anon-rss:201376kB, file-rss:308kB, shmem-rss:0kB, UID:0 pgtables:468kB"
                + " oom_score_adj:1000",
            false,
            true);
    assertThat(GoldenLog.of("6.1/s01-memcg-scope.kmsg").killsAsRecords()).containsExactly(expected);
  }

  @Test
  void userModeLinuxWithoutCpusetsKillsInAScope() {
    String scope = "/system.slice/run-refca9cee7164422581b15865e1a155ff.scope";
    String stats =
        "anon 206082048 file 2318336 kernel 1314816 kernel_stack 32768 pagetables 1040384"
            + " sec_pagetables 0 percpu 0 sock 0 vmalloc 0 shmem 2297856 zswap 0 zswapped 0"
            + " file_mapped 2314240 file_dirty 0 file_writeback 0 swapcached 0"
            + " inactive_anon 208355328 active_anon 8192 inactive_file 8192 active_file 0"
            + " unevictable 12288 slab_reclaimable 75608 slab_unreclaimable 162664 slab 238272"
            + " workingset_refault_anon 0 workingset_refault_file 22 workingset_activate_anon 0"
            + " workingset_activate_file 5 workingset_restore_anon 0 workingset_restore_file 5"
            + " workingset_nodereclaim 0 pgscan 2408 pgsteal 1572 pgscan_kswapd 0"
            + " pgscan_direct 2408 pgsteal_kswapd 0 pgsteal_direct 1572 pgfault 154954"
            + " pgmajfault 47 pgrefill 612 pgactivate 603 pgdeactivate 607 pglazyfree 0"
            + " pglazyfreed 0 zswpin 0 zswpout 0";
    OomKillEvent expected =
        new OomKillEvent(
            OptionalLong.of(208),
            Optional.of(Duration.ofMillis(10_940)),
            Optional.empty(),
            Optional.of(OomConstraint.MEMCG),
            new Victim(
                743,
                "stress-ng-vm",
                kib(456_184),
                kib(201_144),
                kib(312),
                kib(20),
                OptionalLong.of(0),
                kib(868),
                OptionalInt.of(1000),
                OptionalLong.empty()),
            Optional.of(
                new Trigger(
                    "stress-ng-vm",
                    OptionalLong.of(743),
                    "0x100cca",
                    Optional.of("GFP_HIGHUSER_MOVABLE"),
                    0,
                    OptionalInt.of(1000),
                    OptionalInt.of(0),
                    Optional.of("6.1.176 #1"),
                    Optional.empty())),
            Optional.of(scope),
            Optional.of(scope),
            false,
            List.of(
                task(741, 11645, 1689, 77824, -1000, "stress-ng"),
                task(742, 11646, 510, 73728, -1000, "stress-ng-vm"),
                task(743, 114046, 50369, 888832, 1000, "stress-ng-vm")),
            cgroup(204_800, 1714, stats),
            "Memory cgroup out of memory: Killed process 743 (stress-ng-vm) total-vm:456184kB,"
                + " anon-rss:201144kB, file-rss:312kB, shmem-rss:20kB, UID:0 pgtables:868kB"
                + " oom_score_adj:1000",
            false,
            true);
    assertThat(GoldenLog.of("uml-6.1/s01-memcg-scope.kmsg").killsAsRecords())
        .containsExactly(expected);
  }

  @Test
  void kernel612RunsOutOfMemoryAsAWhole() {
    OomKillEvent kill = GoldenLog.of("6.12/s03-global-noswap.kmsg").killsAsRecords().get(0);
    assertThat(kill.tasks()).hasSize(11);
    assertThat(kill.tasks().get(4))
        .isEqualTo(
            new Task(
                179,
                179,
                1000,
                5093,
                607,
                OptionalLong.of(557),
                OptionalLong.of(50),
                OptionalLong.of(0),
                Optional.of(ByteSize.bytes(69632)),
                OptionalLong.of(0),
                OptionalInt.of(100),
                "(sd-pam)"));
    OomKillEvent expected =
        new OomKillEvent(
            OptionalLong.of(900),
            Optional.of(Duration.ofNanos(92_264_617_000L)),
            Optional.empty(),
            Optional.of(OomConstraint.NONE),
            new Victim(
                361,
                "hog",
                kib(4_096_996),
                kib(521_912),
                kib(652),
                kib(0),
                OptionalLong.of(0),
                kib(1064),
                OptionalInt.of(0),
                OptionalLong.empty()),
            Optional.of(
                new Trigger(
                    "hog",
                    OptionalLong.of(361),
                    "0x140dca",
                    Optional.of("GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO"),
                    0,
                    OptionalInt.of(0),
                    OptionalInt.of(0),
                    Optional.of("6.12.95+deb12-cloud-amd64 #1  Debian 6.12.95-1~bpo12+1"),
                    Optional.of(
                        "QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1"
                            + " 04/01/2014"))),
            Optional.empty(),
            Optional.of("/system.slice/guest.service"),
            false,
            kill.tasks(),
            new MemoryReport(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                numbers(
                    "active_anon:125987 inactive_anon:9970 isolated_anon:0 active_file:1"
                        + " inactive_file:2 isolated_file:0 unevictable:242 dirty:0 writeback:0"
                        + " slab_reclaimable:590 slab_unreclaimable:2516 mapped:314 shmem:2751"
                        + " pagetables:433 sec_pagetables:0 bounce:0 kernel_misc_reclaimable:0"
                        + " free:7656 free_pcp:1132 free_cma:0"),
                Optional.of(ByteSize.ZERO),
                Optional.of(ByteSize.ZERO),
                OptionalLong.of(163_701)),
            "Out of memory: Killed process 361 (hog) total-vm:4096996kB, anon-rss:521912kB,"
                + " file-rss:652kB, shmem-rss:0kB, UID:0 pgtables:1064kB oom_score_adj:0",
            false,
            true);
    assertThat(kill).isEqualTo(expected);
  }
}
