package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupStatistics;
import io.github.oom4j.Limit;
import io.github.oom4j.MachineMemory;
import io.github.oom4j.MachineMemory.HugePagePool;
import io.github.oom4j.MemoryNode;
import io.github.oom4j.MemoryReport;
import io.github.oom4j.MemoryReport.Usage;
import io.github.oom4j.MemoryZone;
import io.github.oom4j.MemoryZone.FreeBlocks;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.Task;
import io.github.oom4j.OomKillEvent.Trigger;
import io.github.oom4j.OomKillEvent.Victim;
import io.github.oom4j.OomReport;
import io.github.oom4j.OomReport.Choice;
import java.time.Duration;
import java.util.ArrayList;
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

  private static Map<String, ByteSize> sizes(String text) {
    Map<String, ByteSize> sizes = new LinkedHashMap<>();
    numbers(text).forEach((name, kib) -> sizes.put(name, ByteSize.kibibytes(kib)));
    return sizes;
  }

  /** Free lists from order 0 on, as count and types. */
  private static MemoryZone zone(
      String name, String sizes, List<Long> lowmemReserve, String freeLists) {
    List<FreeBlocks> blocks = new ArrayList<>();
    for (String list : freeLists.split(" ", -1)) {
      String types = list.replaceAll("[0-9]", "");
      long count = Long.parseLong(list.substring(0, list.length() - types.length()));
      blocks.add(new FreeBlocks(ByteSize.kibibytes(4L << blocks.size()), count, types));
    }
    return new MemoryZone(OptionalInt.of(0), name, sizes(sizes), Map.of(), lowmemReserve, blocks);
  }

  private static Task task(long pid, long totalVm, long rss, long pgtables, int adj, String comm) {
    Optional<ByteSize> none = Optional.empty();
    return new Task(
        pid,
        pid,
        0,
        ByteSize.kibibytes(4 * totalVm),
        ByteSize.kibibytes(4 * rss),
        none,
        none,
        none,
        Optional.of(ByteSize.bytes(pgtables)),
        Optional.of(ByteSize.ZERO),
        OptionalInt.of(adj),
        comm);
  }

  private static MemoryReport cgroup(String path, long usage, long failcnt, String stats) {
    return new MemoryReport(
        Optional.of(
            new Usage(ByteSize.kibibytes(usage), Limit.of(ByteSize.kibibytes(204_800)), failcnt)),
        Optional.empty(),
        Optional.of(new Usage(ByteSize.ZERO, Limit.none(), 0)),
        Optional.empty(),
        List.of(new CgroupStatistics(Optional.of(path), numbers(stats))),
        Optional.empty());
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
            Optional.of(scope),
            Optional.of(scope),
            List.of(),
            Optional.empty(),
            new OomReport(
                Optional.of(
                    new Trigger(
                        "stress-ng-vm",
                        OptionalLong.of(166),
                        OptionalLong.empty(),
                        "0xcc0",
                        List.of("GFP_KERNEL"),
                        0,
                        OptionalInt.of(1000),
                        OptionalInt.of(0),
                        Optional.of("6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2"),
                        Optional.of("Not tainted"),
                        Optional.of(
                            "QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1"
                                + " 04/01/2014"))),
                List.of(
                    "dump_stack_lvl+0x44/0x5c",
                    "dump_header+0x4c/0x22b",
                    "oom_kill_process.cold+0xb/0x10",
                    "out_of_memory+0x1fd/0x4c0",
                    "mem_cgroup_out_of_memory+0x134/0x150",
                    "try_charge_memcg+0x696/0x780",
                    "charge_memcg+0x39/0xf0",
                    "__mem_cgroup_charge+0x28/0x80",
                    "__handle_mm_fault+0x95c/0xfa0",
                    "handle_mm_fault+0xdb/0x2d0",
                    "__get_user_pages+0x1ea/0x660",
                    "faultin_vma_page_range+0x4e/0x70",
                    "do_madvise+0x678/0xdf0",
                    "__x64_sys_madvise+0x28/0x30",
                    "do_syscall_64+0x5d/0x90",
                    "? exit_to_user_mode_prepare+0x44/0x240",
                    "entry_SYSCALL_64_after_hwframe+0x6e/0xd8"),
                Optional.of("/"),
                Optional.of("0"),
                Optional.empty(),
                false,
                Optional.of(new Choice(166, Optional.of("stress-ng-vm"), false)),
                cgroup(scope, 204_800, 1552, stats),
                List.of(
                    task(164, 15234, 1636, 94208, -1000, "stress-ng"),
                    task(165, 15235, 284, 77824, -1000, "stress-ng-vm"),
                    task(166, 117635, 50421, 479232, 1000, "stress-ng-vm")),
                ByteSize.kibibytes(4),
                false),
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
            Optional.of(scope),
            Optional.of(scope),
            List.of(),
            Optional.empty(),
            new OomReport(
                Optional.of(
                    new Trigger(
                        "stress-ng-vm",
                        OptionalLong.of(743),
                        OptionalLong.empty(),
                        "0x100cca",
                        List.of("GFP_HIGHUSER_MOVABLE"),
                        0,
                        OptionalInt.of(1000),
                        OptionalInt.of(0),
                        Optional.of("6.1.176 #1"),
                        Optional.of("Not tainted"),
                        Optional.empty())),
                List.of(
                    "[<606944ba>] ? _printk+0x0/0x94",
                    "[<6002d37a>] show_stack+0x184/0x193",
                    "[<606944ba>] ? _printk+0x0/0x94",
                    "[<6067bb96>] ? dump_stack_print_info+0xe2/0xf1",
                    "[<60045fda>] ? um_set_signals+0x0/0x3e",
                    "[<606944ba>] ? _printk+0x0/0x94",
                    "[<6016724f>] ? mem_cgroup_out_of_memory+0x0/0xb7",
                    "[<6069f4e1>] dump_stack_lvl+0x4a/0x58",
                    "[<6069f497>] ? dump_stack_lvl+0x0/0x58",
                    "[<6069f509>] dump_stack+0x1a/0x1c",
                    "[<601162df>] dump_header+0x77/0x223",
                    "[<6016724f>] ? mem_cgroup_out_of_memory+0x0/0xb7",
                    "[<60116ad1>] oom_kill_process+0x8f/0x152",
                    "[<601170bc>] out_of_memory+0x34b/0x362",
                    "[<601672e2>] mem_cgroup_out_of_memory+0x93/0xb7",
                    "[<6016a852>] try_charge_memcg+0x3bf/0x54b",
                    "[<6016a9fd>] try_charge+0x1f/0x24",
                    "[<6016b19f>] charge_memcg+0x38/0x99",
                    "[<6016c112>] __mem_cgroup_charge+0x38/0x54",
                    "[<601131e9>] __filemap_add_folio+0xba/0x21d",
                    "[<60134d36>] ? workingset_update_node+0x0/0x79",
                    "[<60690d1b>] ? xas_load+0x0/0x5e",
                    "[<6011337a>] filemap_add_folio+0x2e/0xb6",
                    "[<60113642>] __filemap_get_folio+0x240/0x28e",
                    "[<601139b6>] filemap_fault+0x326/0x5e9",
                    "[<6013bf4f>] ? __handle_mm_fault+0x0/0x817",
                    "[<6013c766>] ? handle_mm_fault+0x0/0x197",
                    "[<60138cc3>] __do_fault+0x27/0x70",
                    "[<6013c42f>] __handle_mm_fault+0x4e0/0x817",
                    "[<6013bf4f>] ? __handle_mm_fault+0x0/0x817",
                    "[<6013c839>] handle_mm_fault+0xd3/0x197",
                    "[<6002e4b1>] handle_page_fault+0x20b/0x374",
                    "[<6002e7ba>] segv+0x15b/0x316",
                    "[<606a0718>] ? schedule+0x0/0x115",
                    "[<6002ea23>] segv_handler+0xae/0xb8",
                    "[<6004b17e>] ? restore_fp_registers+0x42/0x6c",
                    "[<60048b55>] userspace+0x3c7/0x570",
                    "[<6002c320>] ? interrupt_end+0x0/0xd5",
                    "[<6002c171>] fork_handler+0x92/0x94"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.of(new Choice(743, Optional.of("stress-ng-vm"), false)),
                cgroup(scope, 204_800, 1714, stats),
                List.of(
                    task(741, 11645, 1689, 77824, -1000, "stress-ng"),
                    task(742, 11646, 510, 73728, -1000, "stress-ng-vm"),
                    task(743, 114046, 50369, 888832, 1000, "stress-ng-vm")),
                ByteSize.kibibytes(4),
                false),
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
                ByteSize.kibibytes(4 * 5093),
                ByteSize.kibibytes(4 * 607),
                Optional.of(ByteSize.kibibytes(4 * 557)),
                Optional.of(ByteSize.kibibytes(4 * 50)),
                Optional.of(ByteSize.ZERO),
                Optional.of(ByteSize.bytes(69632)),
                Optional.of(ByteSize.ZERO),
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
            Optional.empty(),
            Optional.of("/system.slice/guest.service"),
            List.of(),
            Optional.empty(),
            new OomReport(
                Optional.of(
                    new Trigger(
                        "hog",
                        OptionalLong.of(361),
                        OptionalLong.of(0),
                        "0x140dca",
                        List.of("GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "__GFP_ZERO"),
                        0,
                        OptionalInt.of(0),
                        OptionalInt.of(0),
                        Optional.of("6.12.95+deb12-cloud-amd64 #1  Debian 6.12.95-1~bpo12+1"),
                        Optional.of("Not tainted"),
                        Optional.of(
                            "QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1"
                                + " 04/01/2014"))),
                List.of(
                    "dump_stack_lvl+0x64/0x80",
                    "dump_header+0x43/0x1d0",
                    "oom_kill_process+0xfa/0x200",
                    "out_of_memory+0x257/0x520",
                    "__alloc_pages_slowpath.constprop.0+0x67f/0xe00",
                    "__alloc_pages_noprof+0x2ef/0x310",
                    "alloc_pages_mpol_noprof+0x8f/0x1e0",
                    "folio_alloc_mpol_noprof+0x14/0x30",
                    "vma_alloc_folio_noprof+0x6b/0xc0",
                    "do_anonymous_page+0x2bd/0x7e0",
                    "? __pte_offset_map+0x1b/0x180",
                    "__handle_mm_fault+0xb52/0xf90",
                    "handle_mm_fault+0x180/0x2d0",
                    "do_user_addr_fault+0x20c/0x670",
                    "exc_page_fault+0x76/0x190",
                    "asm_exc_page_fault+0x26/0x30"),
                Optional.of("/"),
                Optional.of("0"),
                Optional.empty(),
                true,
                Optional.of(new Choice(361, Optional.of("hog"), false)),
                new MemoryReport(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.of(
                        new MachineMemory(
                            numbers(
                                "active_anon:125987 inactive_anon:9970 isolated_anon:0 active_file:1"
                                    + " inactive_file:2 isolated_file:0 unevictable:242 dirty:0"
                                    + " writeback:0 slab_reclaimable:590 slab_unreclaimable:2516"
                                    + " mapped:314 shmem:2751 pagetables:433 sec_pagetables:0"
                                    + " bounce:0 kernel_misc_reclaimable:0 free:7656 free_pcp:1132"
                                    + " free_cma:0"),
                            List.of(
                                new MemoryNode(
                                    0,
                                    sizes(
                                        "active_anon:503948 inactive_anon:39880 active_file:4"
                                            + " inactive_file:8 unevictable:968 isolated(anon):0"
                                            + " isolated(file):0 mapped:1256 dirty:0 writeback:0"
                                            + " shmem:11004 shmem_thp:0 shmem_pmdmapped:0"
                                            + " anon_thp:505856 writeback_tmp:0 kernel_stack:1216"
                                            + " pagetables:1732 sec_pagetables:0"),
                                    Map.of(),
                                    true)),
                            List.of(
                                zone(
                                    "DMA",
                                    "free:2992 boost:0 min:760 low:948 high:1136"
                                        + " reserved_highatomic:0 active_anon:12100 inactive_anon:0"
                                        + " active_file:0 inactive_file:0 unevictable:0"
                                        + " writepending:0 present:15992 managed:15360 mlocked:0"
                                        + " bounce:0 free_pcp:124 local_pcp:124 free_cma:0",
                                    List.of(0L, 565L, 565L, 565L, 565L),
                                    "2UM 1M 2UM 1M 1U 0 1U 1U 0 1M 0"),
                                zone(
                                    "DMA32",
                                    "free:27632 boost:0 min:28724 low:35904 high:43084"
                                        + " reserved_highatomic:0 active_anon:491844"
                                        + " inactive_anon:39880 active_file:4 inactive_file:8"
                                        + " unevictable:968 writepending:0 present:638812"
                                        + " managed:587620 mlocked:968 bounce:0 free_pcp:4404"
                                        + " local_pcp:2220 free_cma:0",
                                    List.of(0L, 0L, 0L, 0L, 0L),
                                    "175UE 133UE 76UME 79UME 42UME 18UME 13UME 8UME 7UM 1M 0")),
                            List.of(
                                new HugePagePool(
                                    OptionalLong.of(0), ByteSize.gibibytes(1), 0, 0, 0),
                                new HugePagePool(
                                    OptionalLong.of(0), ByteSize.mebibytes(2), 0, 0, 0)),
                            OptionalLong.of(2918),
                            OptionalLong.of(0),
                            Optional.of(ByteSize.ZERO),
                            Optional.of(ByteSize.ZERO),
                            OptionalLong.of(163_701),
                            OptionalLong.of(0),
                            OptionalLong.of(12_956),
                            OptionalLong.empty(),
                            OptionalLong.of(0),
                            List.of(),
                            List.of()))),
                kill.tasks(),
                ByteSize.kibibytes(4),
                false),
            "Out of memory: Killed process 361 (hog) total-vm:4096996kB, anon-rss:521912kB,"
                + " file-rss:652kB, shmem-rss:0kB, UID:0 pgtables:1064kB oom_score_adj:0",
            false,
            true);
    assertThat(kill).isEqualTo(expected);
  }
}
