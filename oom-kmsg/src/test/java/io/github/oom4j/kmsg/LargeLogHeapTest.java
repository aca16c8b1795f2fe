package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomKillEvent;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap that a log takes does not depend on its size. */
class LargeLogHeapTest {

  /** Less than the smaller of the files has bytes. */
  private static final String HEAP = "-Xmx8m";

  private static final Path REPORT =
      Path.of("src/test/resources/golden/6.12/s01-memcg-scope.dmesg");

  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  /** What the child runs. */
  static final class Kills {

    private Kills() {}

    public static void main(String... args) {
      try (Stream<OomKillEvent> kills = KernelLog.parse(Path.of(args[0]))) {
        System.out.print(kills.count());
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(longs = {10L << 20, 10L << 30})
  void tenGigabytesAreReadWithTheHeapOfTenMegabytes(long size) throws Exception {
    byte[] report = Files.readAllBytes(REPORT);
    Path log = folder.resolve("kernel.log");
    long reports = 0;
    try (FileChannel out =
        FileChannel.open(log, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (; out.position() < MIB; reports++) {
        out.write(ByteBuffer.wrap(report));
      }
      // Lines of NULs: all but their ends are holes, which take no space.
      for (long end = 2L * MIB; end < size; end += MIB) {
        out.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.US_ASCII)), end);
      }
      out.position(size);
      out.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.US_ASCII)));
      out.write(ByteBuffer.wrap(report));
      reports++;
    }

    assertThat(Files.size(log)).isGreaterThan(size);
    assertThat(killsInChild(log)).isEqualTo(String.valueOf(reports * killsIn(REPORT)));
  }

  private static long killsIn(Path log) {
    try (Stream<OomKillEvent> kills = KernelLog.parse(log)) {
      return kills.count();
    }
  }

  private static String killsInChild(Path log)
      throws IOException, InterruptedException, URISyntaxException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:ActiveProcessorCount=64", // as many threads, had it no bound
                // The marking of G1 can come too late on a busy machine, whatever is alive.
                "-XX:+UseSerialGC",
                "-cp",
                String.join(
                    File.pathSeparator,
                    classes(Kills.class),
                    classes(KernelLog.class),
                    classes(OomKillEvent.class)),
                Kills.class.getName(),
                log.toString())
            .redirectErrorStream(true)
            .start();
    try {
      byte[] output = child.getInputStream().readAllBytes();
      child.waitFor();
      return new String(output, StandardCharsets.UTF_8);
    } finally {
      child.destroyForcibly();
    }
  }

  private static String classes(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
