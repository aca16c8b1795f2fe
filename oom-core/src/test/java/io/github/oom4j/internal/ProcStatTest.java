package io.github.oom4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.KernelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {

  private static final String TAIL =
      " S 1 77 77 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 5 0 31415 8192000 640 18446744073709551615\n";

  private static ProcStat parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return ProcStat.parse(bytes, bytes.length, "stat");
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "", ")", "a) S 1 (b", "two\nlines", "  pad  ", "((", "x (y) z"})
  void aNameMayHoldAnything(String comm) {
    ProcStat stat = parse("77 (" + comm + ")" + TAIL);

    assertThat(stat).isEqualTo(new ProcStat(77, comm, 'S', 1, 4194304, 5, 31415));
  }

  @Test
  void aNameThatIsNotUtf8IsShownWithReplacement() {
    assertThat(parse("77 (a\u00ffb)" + TAIL).comm()).isEqualTo("a\ufffdb");
  }

  @Test
  void knowsKernelThreadsAndTheDead() {
    assertThat(
            parse("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 0 0 0 1")
                .isKernelThread())
        .isTrue();
    assertThat(parse("77 (java)" + TAIL).isKernelThread()).isFalse();
    assertThat(parse("77 (java)" + TAIL.replace(" S ", " Z ")).isDead()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "77", "77 (java", "77 java) S", ")(", "77 (java) S 1 2", "x (java) S"})
  void anythingElseIsNamed(String text) {
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> parse(text))
        .withMessageStartingWith("stat, line 1");
  }

  @Test
  void readsMemoryFromStatusAndIsNotFooledByTheName() {
    String status =
        """
        Name:\tVmRSS: 1 kB\\nVmRSS: 2
        State:\tS
        VmRSS:\t    900 kB
        RssAnon:\t 500 kB
        RssFile:\t 390 kB
        RssShmem:\t 10 kB
        VmPTE:\t  40 kB
        VmSwap:\t 8 kB
        SigPnd:\t0000000000000000
        ShdPnd:\t0000000000000100
        Mems_allowed_list:\t0-1
        """;

    assertThat(parseStatus(status)).contains(new ProcStatus(900, 500, 390, 10, 8, 40, true, "0-1"));
    assertThat(parseStatus(status.replace("0100", "4200")).orElseThrow().killPending()).isFalse();
    assertThat(parseStatus("VmRSS:\t 7 kB"))
        .contains(new ProcStatus(7, -1, -1, -1, 0, 0, false, ""));
    assertThat(parseStatus("Name:\tkthreadd\nState:\tS\n")).isEmpty();
    assertThat(parseStatus("")).isEmpty();
  }

  private static Optional<ProcStatus> parseStatus(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new ProcStatus.Parser().parse(bytes, bytes.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "0::/a b/c | /a b/c",
        "5:cpu,memory:/m:x\\n1:name=systemd:/s\\n0::/u | /m:x",
        "5:memoryx:/m\\n0::/ | /",
        "1:name=systemd:/s | none",
        "0 | none",
        "'' | none"
      })
  void theMemoryCgroupIsThatOfTheHierarchyWithTheController(String file, String path) {
    byte[] text = file.replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII);
    assertThat(new ProcCgroup().parse(text, text.length)).isEqualTo(Optional.ofNullable(path));
  }

  @Test
  void findsThePageSizeInBothWidthsOfTheAuxiliaryVector() {
    ByteBuffer wide = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
    wide.putLong(33).putLong(0x7fff0000L).putLong(6).putLong(65536).putLong(0).putLong(0);
    ByteBuffer narrow = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    narrow.putInt(33).putInt(0x7fff0000).putInt(6).putInt(16384).putInt(0).putInt(0);

    assertThat(PageSize.parse(wide.array())).isEqualTo(65536);
    assertThat(PageSize.parse(narrow.array())).isEqualTo(16384);
    assertThat(PageSize.parse(new byte[7])).isEqualTo(4096);
  }
}
