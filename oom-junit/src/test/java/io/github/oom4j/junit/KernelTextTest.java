package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTextTest {

  @TempDir Path dir;

  private KernelText read(String content) throws IOException {
    Path file = Files.writeString(dir.resolve("file"), content);
    try (FileChannel channel = FileChannel.open(file)) {
      return new KernelText().read(channel);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "max, -1",
    "'', -1",
    "9223372036854771712, 9223372036854771712",
    "18446744073709551615, 9223372036854775807"
  })
  void readsTheNumber(String content, long expected) throws IOException {
    assertThat(read(content + "\n").number()).isEqualTo(expected);
  }

  @Test
  void findsALineByItsWholeName() throws IOException {
    KernelText stat = read("anon_thp 1\nshmem 2\nanon 3\ninactive_anon 4\n");

    assertThat(stat.numberAfter(KernelText.key("anon "))).isEqualTo(3);
    assertThat(stat.numberAfter(KernelText.key("swap "))).isEqualTo(-1);
  }

  @Test
  void findsATotalInItsLine() throws IOException {
    KernelText pressure =
        read(
            """
            some avg10=0.00 avg60=0.00 avg300=0.00 total=12
            full avg10=0.00 avg60=0.00 avg300=0.00 total=7
            """);

    byte[] total = KernelText.key("total=");
    assertThat(pressure.numberAfter(KernelText.key("some "), total)).isEqualTo(12);
    assertThat(pressure.numberAfter(KernelText.key("full "), total)).isEqualTo(7);
  }
}
