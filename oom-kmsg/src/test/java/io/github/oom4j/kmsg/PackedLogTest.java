package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.KernelFormatException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomKillEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that are compressed, or in another encoding. */
class PackedLogTest {

  private static final GoldenLog LOG = GoldenLog.of("6.1/s02b-oom-group-service.dmesg");

  private static List<OomKillEvent> parse(byte[] log) {
    try (Stream<OomKillEvent> kills = KernelLog.parse(new ByteArrayInputStream(log))) {
      return kills.toList();
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] pack(byte[] bytes, String... command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      assumeTrue(false, command[0] + " is not installed");
      throw e;
    }
    try (OutputStream in = process.getOutputStream()) {
      in.write(bytes);
    }
    return process.getInputStream().readAllBytes();
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  @Test
  void gzipIsReadMemberAfterMember() throws IOException {
    assertThat(parse(gzip(LOG.bytes()))).isEqualTo(LOG.kills());
    int half = LOG.bytes().length / 2;
    byte[] first = gzip(Arrays.copyOf(LOG.bytes(), half));
    byte[] second = gzip(Arrays.copyOfRange(LOG.bytes(), half, LOG.bytes().length));
    // A pipe that answers that nothing is available.
    InputStream pipe =
        new FilterInputStream(new ByteArrayInputStream(joined(first, second))) {
          @Override
          public int available() {
            return 0;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return super.read(buffer, offset, Math.min(length, 100));
          }
        };
    try (Stream<OomKillEvent> kills = KernelLog.parse(pipe)) {
      assertThat(kills.toList()).isEqualTo(LOG.kills());
    }
  }

  @Test
  void zstdIsReadFrameAfterFrame() throws IOException {
    byte[] frame = pack(LOG.bytes(), "zstd", "-cq");
    assertThat(parse(frame)).isEqualTo(LOG.kills());
    assertThat(parse(joined(frame, frame))).hasSize(2 * LOG.kills().size());
    assertThat(parse(gzip(frame))).isEqualTo(LOG.kills());
  }

  @Test
  void aLogThatIsCutOffTellsWhatItHasAndThenFails() throws IOException {
    byte[] noise = "[ 1.000000] noise\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
    for (byte[] whole :
        List.of(
            gzip(joined(LOG.bytes(), noise)), pack(joined(LOG.bytes(), noise), "zstd", "-cq"))) {
      List<OomKillEvent> seen = new ArrayList<>();
      byte[] cut = Arrays.copyOf(whole, whole.length - 6);
      assertThatThrownBy(
              () -> {
                try (Stream<OomKillEvent> kills = KernelLog.parse(new ByteArrayInputStream(cut))) {
                  kills.forEach(seen::add);
                }
              })
          .isInstanceOf(KernelIoException.class);
      assertThat(seen).isEqualTo(LOG.kills());
    }
  }

  @Test
  void aBombIsReadInBoundedMemory() throws IOException {
    byte[] zeros = new byte[1 << 20];
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 1024; i++) {
        gzip.write(zeros);
      }
      gzip.write('\n');
      gzip.write(LOG.bytes());
    }
    assertThat(bomb.size()).isLessThan(2 << 20);
    assertThat(parse(bomb.toByteArray())).isEqualTo(LOG.kills());
  }

  @ParameterizedTest
  @ValueSource(strings = {"xz -dc", "bzip2 -dc"})
  void otherFormatsAreNamedWithTheCommandThatHelps(String command) throws IOException {
    byte[] packed = pack(LOG.bytes(), command.split(" ", 2)[0], "-c");
    assertThatThrownBy(() -> parse(packed))
        .isInstanceOf(KernelFormatException.class)
        .hasMessageContaining(command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-8"})
  void encodingsAreToldByTheirFirstBytes(String charset) {
    GoldenLog log = GoldenLog.of("6.1/s07-odd-comm.dmesg");
    assertThat(parse(log.text().getBytes(Charset.forName(charset)))).isEqualTo(log.kills());
    assertThat(parse(("\ufeff" + log.text()).getBytes(Charset.forName(charset))))
        .isEqualTo(log.kills());
  }
}
