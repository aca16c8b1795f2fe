package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelFormatException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NumaStatTest {

  private static final String TEXT =
      Captured.text(
          "qemu-6.1/sys/fs/cgroup/system.slice/run-u4.service/outer/middle/inner/memory.numa_stat");

  @Test
  void readsTheNodesOfVersion2() {
    NumaStat stat = NumaStat.parse(TEXT);

    assertThat(stat.nodes()).containsExactly(0, 1);
    assertThat(stat.size(0, "anon")).contains(ByteSize.bytes(57344));
    assertThat(stat.size(1, "anon")).contains(ByteSize.bytes(45359104));
    assertThat(stat.asPrinted()).containsEntry("file", Map.of(0, 0L, 1, 0L));
    assertThat(stat.asPrinted()).hasSize((int) TEXT.lines().count());
    assertThat(stat.count(1, "workingset_refault_anon")).isPresent();
    assertThat(stat.size(1, "workingset_refault_anon")).as("it is a count").isEmpty();
    assertThat(stat.count(1, "anon")).as("it is a size").isEmpty();
    assertThat(stat.size(2, "anon")).as("there is no node 2").isEmpty();
    assertThat(stat.size(0, "no_such_key")).isEmpty();
  }

  @Test
  void readsThePagesOfVersion1() {
    String inner = "firecracker-6.18/memory/oom4j-cap/middle/inner/memory.numa_stat";
    NumaStat stat = NumaStat.parseV1(Captured.text(inner), inner, 4096);

    assertThat(stat.nodes()).containsExactly(0);
    assertThat(stat.size(0, "anon")).contains(ByteSize.bytes(3954 * 4096));
    assertThat(stat.asPrinted()).containsEntry("hierarchical_total", Map.of(0, 3954L));
    NumaStat root =
        NumaStat.parseV1(Captured.text("firecracker-6.18/memory/memory.numa_stat"), "", 4096);
    assertThat(root.size(0, "file"))
        .as("with what is nested")
        .contains(ByteSize.bytes(836134L * 4096));
  }

  @Test
  void oddLinesAreSkipped() {
    NumaStat stat = NumaStat.parse("x\nN0=1\nanon N0=x\nfile N0=" + "9".repeat(18) + "\nfile N0=1");

    assertThat(stat.asPrinted()).isEqualTo(Map.of("file", Map.of(0, 999_999_999_999_999_999L)));
    assertThat(NumaStat.parseV1("a N0=" + "9".repeat(18), "", 65536).size(0, "a"))
        .hasValueSatisfying(size -> assertThat(size.bytes()).isGreaterThan(1L << 62));
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> NumaStat.parse("anon 5\n"))
        .withMessage("memory.numa_stat: expected a line such as 'anon N0=4096'");
  }

  @Test
  void equalNumbersAreAnEqualStat() {
    assertThat(NumaStat.parse(TEXT))
        .isEqualTo(NumaStat.parse(TEXT))
        .hasSameHashCodeAs(NumaStat.parse(TEXT))
        .isNotEqualTo(NumaStat.parseV1(TEXT, "", 4096));
    assertThat(NumaStat.parse(TEXT)).asString().startsWith("NumaStat{anon={0=57344, 1=45359104},");
  }
}
