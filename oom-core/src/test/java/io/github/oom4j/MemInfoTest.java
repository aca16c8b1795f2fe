package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemInfoTest {

  @ParameterizedTest
  @CsvSource({
    "uml-6.1/meminfo, uml-6.1/free-h",
    "debian-12-6.18/meminfo, debian-12-6.18/free-h",
    "free-variants/swap-in-use.meminfo, free-variants/swap-in-use.free-h",
    "free-variants/no-memavailable.meminfo, free-variants/no-memavailable.free-h",
    "free-variants/available-above-total.meminfo, free-variants/available-above-total.free-h",
    "free-variants/available-zero.meminfo, free-variants/available-zero.free-h"
  })
  void printsTheTableThatFreePrinted(String meminfo, String table) throws IOException {
    assertThat(MemInfo.parse(Fixture.text(meminfo)).toFreeTable()).isEqualTo(Fixture.text(table));
  }

  @Test
  void keepsEveryLineByName() throws IOException {
    String text = Fixture.text("debian-12-6.18/meminfo");
    MemInfo mem = MemInfo.parse(text);

    assertThat(mem.asPrinted()).hasSize((int) text.lines().count());
    text.lines()
        .forEach(
            line -> {
              String[] words = line.split("[: ]+", -1);
              long number = Long.parseLong(words[1]);
              assertThat(mem.asPrinted()).containsEntry(words[0], number);
              if (words.length > 2) {
                assertThat(mem.size(words[0])).contains(ByteSize.kibibytes(number));
                assertThat(mem.count(words[0])).isEmpty();
              } else {
                assertThat(mem.count(words[0])).hasValue(number);
                assertThat(mem.size(words[0])).isEmpty();
              }
            });
    assertThat(mem.size("NoSuchLine")).isEmpty();
    assertThat(mem.count("NoSuchLine")).isEmpty();
  }

  @Test
  void typesTheUsualFields() throws IOException {
    MemInfo mem = MemInfo.parse(Fixture.text("uml-6.1/meminfo"));

    assertThat(mem.total()).isEqualTo(ByteSize.kibibytes(868356));
    assertThat(mem.free()).isEqualTo(ByteSize.kibibytes(782856));
    assertThat(mem.used().plus(mem.available())).isEqualTo(mem.total());
    assertThat(mem.swapTotal()).isEqualTo(ByteSize.ZERO);
    assertThat(mem).isEqualTo(MemInfo.parse(Fixture.text("uml-6.1/meminfo")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "garbage", "MemTotal: lots kB\n", "MemTotal: 5\n", "\0\0\0\0"})
  void saysWhereAndWhatItMissed(String text) {
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> MemInfo.parse(text))
        .withMessageStartingWith("meminfo");
  }

  @Test
  void namesTheFileThatIsMalformed(@TempDir Path root) throws IOException {
    Files.writeString(root.resolve("meminfo"), "nonsense\n");

    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> ProcFs.at(root).memInfo())
        .withMessageContaining(root.resolve("meminfo") + ", line 1")
        .withMessageContaining("nonsense");
  }

  @Test
  void salvagesTheReadableLines() {
    MemInfo mem =
        MemInfo.parse(
            "MemTotal: 100 kB\n\u0001\u0002\nMemFree: 40 kB\nOdd line\nNew: 7\nMemTotal: 9 kB");

    assertThat(mem.total()).isEqualTo(ByteSize.kibibytes(100));
    assertThat(mem.asPrinted()).containsOnlyKeys("MemTotal", "MemFree", "New");
  }

  @Test
  void absurdSizesNeitherOverflowNorThrow() {
    MemInfo mem =
        MemInfo.parse(
            """
            MemTotal: 999999999999999999 kB
            MemFree: 1 kB
            Buffers: 999999999999999999 kB
            Cached: 999999999999999999 kB
            SwapTotal: 999999999999999999 kB
            """);

    assertThat(mem.toFreeTable()).contains("8.0Ei");
    assertThat(mem.buffersAndCache()).isGreaterThan(ByteSize.gibibytes(1));
  }

  @Test
  void throwsNothingElseOnDamagedText() throws IOException {
    byte[] good = Fixture.text("debian-12-6.18/meminfo").getBytes(StandardCharsets.ISO_8859_1);
    Random random = new Random(42);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(30); n >= 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        MemInfo mem = MemInfo.parse(new String(bad, StandardCharsets.ISO_8859_1));
        assertThat(mem.toFreeTable()).startsWith("  ");
        read++;
      } catch (KernelFormatException e) {
        assertThat(e).hasMessageContaining("meminfo");
      }
    }
    assertThat(read).isGreaterThan(10_000);
  }

  @Test
  void readsTheVmStatCounters() throws IOException {
    VmStat stat = VmStat.parse(Fixture.text("debian-12-6.18/vmstat"));

    assertThat(stat.oomKill()).isPresent();
    assertThat(stat.count("nr_free_pages").orElseThrow()).isPositive();
    assertThat(stat.count("oom_kil")).isEmpty();
    assertThat(VmStat.parse("nr_free_pages 5\n").oomKill()).isEmpty();
  }

  @Test
  void saysThatThereIsNoProc(@TempDir Path root) {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> ProcFs.at(root.resolve("proc")).memInfo())
        .withMessageContaining("is this Linux");
  }
}
