package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found by words is what is found line by line, wherever in a file it stands. */
class ScannedLogTest {

  private static final Path WILD = Path.of("../../shared/kernel-logs/wild");

  @TempDir private Path folder;

  static Stream<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path root : List.of(Path.of("src/test/resources/golden"), WILD)) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> walk = Files.walk(root)) {
          walk.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
      }
    }
    return files.stream();
  }

  private static List<OomLogEvent> lineByLine(byte[] log) {
    try (Stream<OomLogEvent> kills = KernelLog.parseEvents(new ByteArrayInputStream(log))) {
      return kills.toList();
    }
  }

  private static List<OomLogEvent> scanned(Path file) throws IOException {
    try (ScannedLog log = ScannedLog.open(file, 0)) {
      return log == null
          ? lineByLine(Files.readAllBytes(file))
          : StreamSupport.stream(log, false).toList();
    }
  }

  private void assertSame(byte[] log) throws IOException {
    Path file = Files.write(folder.resolve("log"), log);
    assertThat(scanned(file)).isEqualTo(lineByLine(log));
  }

  /** Lines of real logs that say nothing about an OOM. */
  private static byte[] filler(int length, Random random) {
    List<String> lines =
        GoldenLog.all("dmesg")
            .flatMap(log -> log.text().lines())
            .filter(line -> line.startsWith("["))
            .filter(
                line -> {
                  byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
                  return !OomLines.mentions(bytes, 0, bytes.length);
                })
            .toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < length) {
      out.writeBytes(
          (lines.get(random.nextInt(lines.size())) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return Arrays.copyOfRange(out.toByteArray(), out.size() - length, out.size());
  }

  @ParameterizedTest
  @MethodSource("files")
  void realLogsTellTheSame(Path file) throws IOException {
    assertThat(scanned(file)).isEqualTo(lineByLine(Files.readAllBytes(file)));
  }

  /**
   * Not those of others: how wide a terminal was that wrapped them is learnt from report to report.
   */
  static Stream<Path> golden() throws IOException {
    return files()
        .filter(file -> !file.startsWith(WILD))
        .filter(file -> file.toString().matches(".*\\.(kmsg|dmesg|journal-short)"));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void realLogsTellTheSameInTheMiddleOfALargeOne(Path file) throws IOException {
    byte[] log = Files.readAllBytes(file);
    Random random = new Random(file.hashCode());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(filler(LogChunk.SIZE - random.nextInt(log.length), random));
    out.write('\n');
    out.writeBytes(log);
    out.write('\n');
    out.writeBytes(filler(20_000, random));
    out.write('\n');
    out.writeBytes(log);
    assertSame(out.toByteArray());
  }

  @Test
  void noSeamBetweenChunksIsSeen() throws IOException {
    byte[] report = GoldenLog.of("6.1/s02b-oom-group-service.dmesg").bytes();
    byte[] filler = filler(LogChunk.SIZE + 100, new Random(1));
    byte[] after = filler(10_000, new Random(2));
    for (int in = -20; in < report.length + 20; in += in < 20 ? 1 : 89) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(filler, 0, LogChunk.SIZE - 1 - in);
      out.write('\n');
      out.writeBytes(report);
      out.writeBytes(after);
      out.writeBytes(report);
      assertSame(out.toByteArray());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void anyMixtureOfLogsAndDamageTellsTheSame(long seed) throws IOException {
    Random random = new Random(seed);
    List<Path> pool = files().toList();
    byte[] filler = filler(LogChunk.SIZE, random);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < 4 * LogChunk.SIZE) {
      int length = random.nextBoolean() ? random.nextInt(9_000) : random.nextInt(400_000);
      out.write(filler, 0, length);
      if (random.nextInt(8) > 0) {
        out.write('\n');
      }
      byte[] log = Files.readAllBytes(pool.get(random.nextInt(pool.size())));
      int from = random.nextInt(4) > 0 ? 0 : random.nextInt(log.length);
      int to = random.nextInt(4) > 0 ? log.length : from + random.nextInt(log.length - from);
      String text = new String(log, from, to - from, StandardCharsets.ISO_8859_1);
      String damaged =
          switch (random.nextInt(8)) {
            case 0 -> text.replaceAll("(?m)^", "> ");
            case 1 -> text.replaceAll("(?m)(.{72}[^ \n]*) ", "$1\n");
            case 2 -> text.replace("\n", "\r\n");
            case 3 -> text.replaceAll("(?m)^", "        ");
            default -> text;
          };
      out.writeBytes(damaged.getBytes(StandardCharsets.ISO_8859_1));
    }
    assertSame(out.toByteArray());
  }

  @Test
  void aLineWithoutEndIsCutAtTheSamePlace() throws IOException {
    byte[] report = GoldenLog.of("6.1/s01-memcg-scope.dmesg").bytes();
    for (int length : new int[] {4_095, 16_383, 16_384, 40_000, LogChunk.SIZE + 5}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes("x".repeat(length).getBytes(StandardCharsets.UTF_8));
      out.writeBytes(report);
      out.writeBytes("x".repeat(length).getBytes(StandardCharsets.UTF_8));
      assertSame(out.toByteArray());
    }
  }

  @Test
  void everyPhraseIsSeenAtEveryAlignment() {
    for (String phrase : OomLines.PHRASES) {
      for (int at = 0; at < OomWords.WORD; at++) {
        String line = "-".repeat(16 + at) + phrase + "-".repeat(24);
        ByteBuffer bytes =
            ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII))
                .order(ByteOrder.nativeOrder());
        int end = bytes.limit() & -OomWords.WORD;
        assertThat(OomWords.next(bytes, 0, end)).as("%s at %d", phrase, at).isNotNegative();
      }
    }
  }

  @Test
  void wordsOfOtherLinesAreNot() {
    String line = "No available memory: the main process exited, another process waits  ";
    for (int at = 0; at < OomWords.WORD; at++) {
      ByteBuffer bytes =
          ByteBuffer.wrap((" ".repeat(at) + line).getBytes(StandardCharsets.US_ASCII))
              .order(ByteOrder.nativeOrder());
      assertThat(OomWords.next(bytes, 0, bytes.limit() & -OomWords.WORD)).isNegative();
    }
  }

  /** Rotation with copytruncate, at any moment of reading. */
  @Test
  void aFileThatIsTruncatedMeanwhileEndsTheStream() throws IOException {
    Random random = new Random(5);
    byte[] report = GoldenLog.of("6.1/s03-global-noswap.dmesg").bytes();
    byte[] filler = filler(50_000, random);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < 12 * LogChunk.SIZE) {
      out.writeBytes(report);
      out.write(filler, 0, random.nextInt(filler.length));
      out.write('\n');
    }
    byte[] log = out.toByteArray();
    List<OomLogEvent> whole = lineByLine(log);
    Path file = folder.resolve("log");
    for (int round = 0; round < 60; round++) {
      Files.write(file, log);
      int kills = random.nextInt(whole.size());
      long rest = random.nextInt(3) == 0 ? 0 : random.nextInt(log.length);
      List<OomLogEvent> found = new ArrayList<>();
      CompletableFuture<Void> truncated = new CompletableFuture<>();
      try (Stream<OomLogEvent> stream = KernelLog.parseEvents(file)) {
        stream.forEach(
            kill -> {
              found.add(kill);
              if (found.size() == kills) {
                truncated.completeAsync(() -> truncate(file, rest));
              }
            });
      }
      if (kills > 0) {
        truncated.join();
      }
      assertThat(found.size()).isLessThanOrEqualTo(whole.size());
      // The last one may have lost the end of its line.
      int certain = Math.max(0, found.size() - 1);
      assertThat(found.subList(0, certain)).isEqualTo(whole.subList(0, certain));
    }
  }

  @SuppressWarnings("NullAway") // Void has no other value
  private static Void truncate(Path file, long size) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
      return null;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closingEarlyClosesTheFile() throws IOException {
    byte[] report = GoldenLog.of("6.1/s03-global-noswap.dmesg").bytes();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < 8 * LogChunk.SIZE) {
      out.writeBytes(report);
    }
    Path file = Files.write(folder.resolve("log"), out.toByteArray());
    Stream<OomKillEvent> kills = KernelLog.parse(file);
    assertThat(kills.iterator().next().victim().comm()).isEqualTo("hog");
    assertThat(openFiles()).contains(file);
    kills.close();
    assertThat(openFiles()).doesNotContain(file);
  }

  private static List<Path> openFiles() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    List<Path> open = new ArrayList<>();
    try (Stream<Path> links = Files.list(descriptors)) {
      for (Path link : links.toList()) {
        if (Files.isSymbolicLink(link)) {
          open.add(Files.readSymbolicLink(link));
        }
      }
    }
    return open;
  }
}
