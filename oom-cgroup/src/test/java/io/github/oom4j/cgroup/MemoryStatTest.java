package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelFormatException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryStatTest {

  private static final MemoryStat NEW =
      MemoryStat.parse(Captured.text("uml-7.2/inner/memory.stat"));
  private static final MemoryStat V1 =
      MemoryStat.parse(Captured.text("firecracker-6.18/own/memory.stat"));

  @Test
  void readsTheNamesOfVersion2() {
    assertThat(NEW.anon()).contains(ByteSize.bytes(46317568));
    assertThat(NEW.file()).contains(ByteSize.ZERO);
    assertThat(NEW.shmem()).contains(ByteSize.ZERO);
    assertThat(NEW.fileDirty()).contains(ByteSize.ZERO);
    assertThat(NEW.inactiveFile()).contains(ByteSize.ZERO);
    assertThat(NEW.unevictable()).contains(ByteSize.ZERO);
    assertThat(NEW.kernel()).contains(ByteSize.bytes(159744));
    assertThat(NEW.slab()).contains(ByteSize.bytes(640));
    assertThat(NEW.slabReclaimable()).contains(ByteSize.ZERO);
    assertThat(NEW.sock()).contains(ByteSize.ZERO);
    assertThat(NEW.pgfault()).hasValue(36714);
    assertThat(NEW.pgmajfault()).hasValue(2133);
    assertThat(NEW.workingsetRefaultAnon()).hasValue(16792);
    assertThat(NEW.workingsetRefaultFile()).hasValue(0);
  }

  @Test
  void readsWhatVersion1CountsOfNestedCgroupsToo() {
    assertThat(V1.anon()).contains(ByteSize.bytes(3084288));
    assertThat(V1.file()).as("total_cache, not cache").contains(ByteSize.bytes(108457984));
    assertThat(V1.inactiveFile()).contains(ByteSize.bytes(24899584));
    assertThat(V1.fileDirty()).contains(ByteSize.bytes(147456));
    assertThat(V1.pgfault()).as("total_pgfault").hasValue(3158772);
    assertThat(V1.workingsetRefaultFile()).hasValue(29610);
    assertThat(V1.kernel()).isEmpty();
    assertThat(V1.slab()).isEmpty();
  }

  @Test
  void keepsEveryKeyInItsOrder() {
    List<String> lines = Captured.text("uml-7.2/inner/memory.stat").lines().toList();

    assertThat(NEW.asPrinted().entrySet())
        .extracting(entry -> entry.getKey() + " " + entry.getValue())
        .isEqualTo(lines);
  }

  @Test
  void everyKeyIsEitherASizeOrACount() {
    for (MemoryStat stat : List.of(NEW, V1)) {
      assertThat(stat.asPrinted().keySet())
          .allSatisfy(
              name ->
                  assertThat(stat.size(name).isPresent())
                      .isNotEqualTo(stat.count(name).isPresent()));
    }
    assertThat(NEW.asPrinted().keySet().stream().filter(name -> NEW.size(name).isPresent()))
        .as("of all that a kernel 7.2 prints, what is bytes")
        .containsExactly(
            ("anon file kernel kernel_stack pagetables sec_pagetables percpu sock vmalloc shmem"
                    + " zswap zswapped zswap_incomp file_mapped file_dirty file_writeback swapcached"
                    + " inactive_anon active_anon inactive_file active_file unevictable"
                    + " slab_reclaimable slab_unreclaimable slab")
                .split(" ", -1));
    assertThat(V1.count("total_pgpgin")).hasValue(2419959);
    assertThat(V1.size("hierarchical_memory_limit")).isPresent();
  }

  @Test
  void whatIsNotPrintedIsAbsent() {
    assertThat(NEW.size("no_such_key")).isEmpty();
    assertThat(NEW.count("no_such_key")).isEmpty();
    assertThatExceptionOfType(KernelFormatException.class).isThrownBy(() -> MemoryStat.parse(""));
  }

  @Test
  void equalTextIsAnEqualStat() {
    assertThat(MemoryStat.parse(Captured.text("uml-7.2/inner/memory.stat")))
        .isEqualTo(NEW)
        .hasSameHashCodeAs(NEW)
        .isNotEqualTo(V1);
    assertThat(NEW).asString().startsWith("MemoryStat{anon=46317568, file=0, ");
  }
}
