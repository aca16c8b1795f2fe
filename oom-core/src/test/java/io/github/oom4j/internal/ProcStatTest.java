package io.github.oom4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.KernelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {

  private static final String TAIL =
      " S 1 77 77 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 5 0 31415 8192000 640 18446744073709551615\n";

  private static ProcStat parse(String text) {
    return ProcStat.parse(text.getBytes(StandardCharsets.ISO_8859_1), "stat");
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "", ")", "a) S 1 (b", "two\nlines", "  pad  ", "((", "x (y) z"})
  void aNameMayHoldAnything(String comm) {
    ProcStat stat = parse("77 (" + comm + ")" + TAIL);

    assertThat(stat).isEqualTo(new ProcStat(77, comm, 'S', 4194304, 5, 31415));
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
        "Name:\tVmRSS: 1 kB\\nVmRSS: 2\nState:\tS\nVmRSS:\t    900 kB\nVmPTE:\t  40 kB\nVmSwap:\t 8 kB\n";

    assertThat(ProcStatus.parse(status.getBytes(StandardCharsets.US_ASCII)))
        .contains(new ProcStatus(900, 8, 40));
    assertThat(ProcStatus.parse("Name:\tkthreadd\nState:\tS\n".getBytes(StandardCharsets.US_ASCII)))
        .isEmpty();
    assertThat(ProcStatus.parse(new byte[0])).isEmpty();
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
