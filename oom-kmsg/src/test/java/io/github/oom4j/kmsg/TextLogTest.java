package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomKillEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in front of the messages of a text log, and what mail clients do to them. */
class TextLogTest {

  private static final String KILL =
      "Memory cgroup out of memory: Killed process 42 (a b) total-vm:9kB, anon-rss:8kB,"
          + " file-rss:7kB, shmem-rss:6kB, UID:5 pgtables:4kB oom_score_adj:-3";

  private static List<OomKillEvent> parse(String log) {
    byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
    try (Stream<OomKillEvent> kills = KernelLog.parse(new ByteArrayInputStream(bytes))) {
      return kills.toList();
    }
  }

  private static OomKillEvent one(String log) {
    List<OomKillEvent> kills = parse(log);
    assertThat(kills).hasSize(1);
    return kills.get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "    ",
        "\t",
        "kernel: ",
        "[   12.345678] ",
        "    [   12.345678] ",
        "[   12.345678][ T123] ",
        "[   12.345678][    C0] ",
        "<3>[   12.345678] ",
        "kern  :err   : [   12.345678] ",
        "[Sun Nov 22 19:07:31 2026] ",
        "[二 9月  3 05:57:48 2024] ",
        "2026-11-22T19:07:31,898848+00:00 ",
        "Nov 22 19:07:32 host kernel: ",
        "Nov  2 19:07:32 host kernel: [   12.345678] ",
        "Nov 22 19:07:32.614679 host kernel: ",
        "Nov 22 19:07:32  kernel: ",
        "2026-11-22T19:07:32+0000 host kernel: ",
        "2026-11-22T19:07:32.123456+02:00 host kernel: [2201133.500000] ",
        "3,7,9,-;"
      })
  void anyPrefixIsStripped(String prefix) {
    OomKillEvent kill = one("noise\n" + prefix + KILL + "\nnoise\n");
    assertThat(kill.victim().comm()).isEqualTo("a b");
    assertThat(kill.killLine()).isEqualTo(KILL);
    assertThat(kill.trusted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<11>[   12.345678] ",
        "user  :err   : [   12.345678] ",
        "Nov 22 19:07:32 host app[77]: ",
        "Nov 22 19:07:32 host app: ",
        "2026-11-22T19:07:32+0000 host app[77]: ",
        "11,7,9,-;",
        "someone said: "
      })
  void whatOthersWroteIsNoKill(String prefix) {
    assertThat(parse(prefix + KILL + "\n")).isEmpty();
  }

  @Test
  void timesAreReadWhereTheyAreWhole() {
    assertThat(one("[   12.345678] " + KILL).sinceBoot())
        .contains(Duration.ofNanos(12_345_678_000L));
    assertThat(one("2026-11-22T19:07:31,898848+05:30 " + KILL).wallClock())
        .contains(Instant.parse("2026-11-22T13:37:31.898848Z"));
    assertThat(one("2026-02-31T19:07:31+00:00 " + KILL).wallClock()).isEmpty();
    assertThat(one("Nov 22 19:07:32 host kernel: " + KILL).wallClock()).isEmpty();
    assertThat(one("2026-11-22T19:07:32 host kernel: " + KILL).wallClock()).isEmpty();
  }

  @Test
  void windowsLineEndsDoNotMatter() {
    assertThat(one("[   12.345678] " + KILL + "\r\n").killLine()).isEqualTo(KILL);
  }

  @Test
  void wrappedLinesAreJoined() {
    assertThat(one("[ 1.0] " + KILL.replace("42 (", "42\n(").replace("file", "\nfile")).killLine())
        .isEqualTo(KILL);
    assertThat(one("[ 1.0] " + KILL.replace("anon-rss", "anon-\nrss")).victim().anonRss())
        .isPresent();
    assertThat(
            one("[ 1.0] " + KILL.replace(") total", ")\ntotal").replace("file-rss", "file-r\nss"))
                .killLine())
        .isEqualTo(KILL);
  }

  @Test
  void twoMessagesOnOneLineAreTwo() {
    String first = "Out of memory: Killed process 1 (x)";
    assertThat(parse("[    1.000000] " + first + "    [    2.000000] " + KILL))
        .extracting(kill -> kill.victim().pid())
        .containsExactly(1L, 42L);
  }

  @Test
  void aLineCutAtTheScreenStillTellsWhatItShows() {
    OomKillEvent kill = one("[ 1.0] " + KILL.substring(0, KILL.indexOf("kB, UID")) + "\n");
    assertThat(kill.victim().fileRss()).isPresent();
    assertThat(kill.victim().shmemRss()).isEmpty();
    assertThat(kill.truncated()).isTrue();
  }

  @Test
  void namesThatDmesgEscapedAreRestored() {
    String kill = "Out of memory: Killed process 1 (%s) total-vm:9kB, anon-rss:8kB, file-rss:7kB";
    assertThat(one(kill.formatted("\\x1b[31m")).victim().comm()).isEqualTo("\u001b[31m");
    assertThat(one(kill.formatted("\\xff")).victim().comm()).isEqualTo("\uFFFD");
    // The C locale escapes what is UTF-8, too; only the name's length tells.
    assertThat(one(kill.formatted("\\xc3\\xa9\\xc3\\xa9")).victim().comm()).isEqualTo("éé");
  }

  @Test
  void theFormatMayChangeWithinAFile() {
    assertThat(
            parse(
                "[    1.000000] "
                    + KILL
                    + "\nNov 22 19:07:32 host kernel: "
                    + KILL.replace("42", "43")
                    + "\n3,7,9,-;"
                    + KILL.replace("42", "44")
                    + "\n SUBSYSTEM=x\n"
                    + KILL.replace("42", "45")))
        .extracting(kill -> kill.victim().pid())
        .containsExactly(42L, 43L, 44L, 45L);
  }
}
