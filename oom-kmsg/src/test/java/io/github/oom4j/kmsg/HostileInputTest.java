package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.github.oom4j.OomKillEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes may come in; nothing may come out but events. */
class HostileInputTest {

  private static List<OomKillEvent> parse(byte[] log) {
    try (Stream<OomKillEvent> kills = KernelLog.parse(new ByteArrayInputStream(log))) {
      return kills.toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1/s02b-oom-group-service.kmsg", "6.12/s03-global-noswap.dmesg"})
  void aLogCutAnywhereTellsNoMoreThanTheWhole(String name) {
    byte[] log = GoldenLog.of(name).bytes();
    int most = parse(log).size();
    for (int length = 0; length < log.length; length++) {
      assertThat(parse(Arrays.copyOf(log, length))).hasSizeLessThanOrEqualTo(most);
    }
  }

  @Test
  void mutatedLogsNeverThrow() {
    List<byte[]> logs =
        Stream.concat(GoldenLog.all("kmsg"), GoldenLog.all("dmesg")).map(GoldenLog::bytes).toList();
    Random random = new Random(20261122);
    byte[] fragments = "\n,;:()[]<>\\x -c0123456789kB/=".getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 300; round++) {
      byte[] log = logs.get(random.nextInt(logs.size())).clone();
      for (int i = 0; i < 40; i++) {
        log[random.nextInt(log.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt()
                : fragments[random.nextInt(fragments.length)];
      }
      assertThat(parse(log)).hasSizeLessThan(200);
    }
  }

  @Test
  void shuffledLinesNeverThrow() {
    List<String> lines = new ArrayList<>();
    GoldenLog.all("kmsg").forEach(log -> lines.addAll(log.text().lines().toList()));
    GoldenLog.all("dmesg").forEach(log -> lines.addAll(log.text().lines().toList()));
    Random random = new Random(1);
    OomKillParser parser = new OomKillParser();
    int kills = 0;
    for (int i = 0; i < 30_000; i++) {
      String line = lines.get(random.nextInt(lines.size()));
      int cut = line.isEmpty() ? 0 : random.nextInt(line.length());
      kills += parser.acceptLine(random.nextInt(4) == 0 ? line.substring(cut) : line).size();
    }
    assertThat(kills + parser.flush().size()).isPositive();
  }

  @Test
  void randomBytesAreNoKills() {
    Random random = new Random(7);
    byte[] noise = new byte[1 << 20];
    random.nextBytes(noise);
    assertThat(parse(noise)).isEmpty();
    OomKillParser parser = new OomKillParser();
    for (int i = 0; i < 100_000; i++) {
      int offset = random.nextInt(noise.length - 300);
      assertThat(parser.accept(noise, offset, random.nextInt(300))).isEmpty();
    }
  }

  @Test
  void aWatchOfAnyBytesGoesOn(@TempDir Path folder) throws Exception {
    Random random = new Random(11);
    byte[] noise = new byte[300_000];
    random.nextBytes(noise);
    Path file = Files.write(folder.resolve("kmsg"), noise);
    // Numbers that go back, stand still, jump, or don't fit; a dictionary; half a record.
    List<String> records =
        List.of("9", "7", "7", "9223372036854775807", "99999999999999999999", "0");
    CountDownLatch last = new CountDownLatch(1);
    try (KernelLogWatch watch =
        KernelLog.at(file)
            .watch(
                KernelLogStart.oldest(),
                kill -> {
                  if (kill.victim().pid() == 5) {
                    last.countDown();
                  }
                })) {
      StringBuilder more = new StringBuilder("\n");
      for (String sequence : records) {
        more.append("6,").append(sequence).append(",1,-;x\n SUBSYSTEM=x\n3,").append(sequence);
        more.append(",99999999999999999999,-;Killed process 4 (x)\n");
      }
      Files.writeString(file, more + KILL + "\n", StandardOpenOption.APPEND);
      assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(watch.failure()).isEmpty();
      assertThat(watch.lost()).isNotNegative();
      assertThat(watch.cursor().sequence()).isNotNegative();
    }
  }

  @Test
  void linesThatLookLikeMuchAreReadInLinearTime() {
    StringBuilder log = new StringBuilder();
    for (String piece : new String[] {" [", " [1.2", ",task=a", ",task_memcg=/", ") total-vm:"}) {
      for (String start :
          new String[] {
            "x", "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)", "Killed process 1 ("
          }) {
        log.append("[ 1.0] ")
            .append(start)
            .append(piece.repeat(16_000 / piece.length()))
            .append('\n');
      }
    }
    assertTimeout(
        Duration.ofSeconds(30),
        () ->
            assertThat(parse(log.toString().repeat(20).getBytes(StandardCharsets.UTF_8)))
                .isEmpty());
  }

  @Test
  void anEndlessLineIsCut() {
    byte[] line = new byte[8 << 20];
    Arrays.fill(line, (byte) 'x');
    byte[] kill = ("\n" + KILL + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] log = Arrays.copyOf(line, line.length + kill.length);
    System.arraycopy(kill, 0, log, line.length, kill.length);
    assertThat(parse(log)).hasSize(1);
  }

  private static final String KILL =
      "3,7,9,-;Out of memory: Killed process 5 (x) total-vm:1kB, anon-rss:1kB, file-rss:1kB";

  @Test
  void aTaskDumpWithoutEndIsBounded() {
    OomKillParser parser = new OomKillParser();
    parser.acceptLine("[  pid  ]   uid  tgid total_vm      rss oom_score_adj name");
    for (int pid = 1; pid < 60_000; pid++) {
      parser.acceptLine("[ " + pid + "] 0 " + pid + " 10 10 0 x");
    }
    parser.acceptLine(KILL.substring(KILL.indexOf(';') + 1));
    List<OomKillEvent> kills = parser.flush();
    assertThat(kills).hasSize(1);
    assertThat(kills.get(0).tasks()).hasSizeLessThanOrEqualTo(TaskTable.MOST_ROWS);
  }

  @Test
  void numbersBeyondAnyRangeAreLeftOut() {
    String huge = "99999999999999999999999999";
    OomKillParser parser = new OomKillParser();
    parser.acceptLine("memory: usage " + huge + "kB, limit " + huge + "kB, failcnt " + huge);
    parser.acceptLine(
        "Out of memory: Killed process 5 (x) total-vm:"
            + huge
            + "kB, anon-rss:1kB, file-rss:1kB, shmem-rss:0kB, UID:5 pgtables:1kB"
            + " oom_score_adj:0");
    OomKillEvent kill = parser.flush().get(0);
    assertThat(kill.victim().totalVm()).isEmpty();
    assertThat(kill.victim().anonRss()).isPresent();
    assertThat(kill.memory().memory()).isEmpty();
  }
}
