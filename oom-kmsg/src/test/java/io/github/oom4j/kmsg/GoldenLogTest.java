package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logs of real kernels, against what is found in them without the parser. */
class GoldenLogTest {

  static Stream<GoldenLog> recordLogs() {
    return GoldenLog.all("kmsg");
  }

  static Stream<GoldenLog> allLogs() {
    return Stream.of(
            "kmsg",
            "dmesg",
            "dmesg-T",
            "dmesg-x",
            "dmesg-r",
            "dmesg-iso",
            "journal-short",
            "journal-short-iso",
            "journal-short-precise",
            "journal-short-monotonic")
        .flatMap(GoldenLog::all);
  }

  @ParameterizedTest
  @MethodSource("allLogs")
  void findsEachKillWithEachOfItsNumbers(GoldenLog log) {
    assertThat(log.kills()).extracting(GoldenLog::numbers).isEqualTo(log.numbers());
  }

  @ParameterizedTest
  @MethodSource("recordLogs")
  void recordsTellTheSameAsTheFileOfThem(GoldenLog log) {
    List<OomKillEvent> records = log.killsAsRecords();
    assertThat(records)
        .extracting(GoldenLog::apartFromSource)
        .isEqualTo(log.kills().stream().map(GoldenLog::apartFromSource).toList());
    assertThat(records).allMatch(OomKillEvent::trusted);
    assertThat(log.kills()).noneMatch(OomKillEvent::trusted);
  }

  @ParameterizedTest
  @MethodSource("allLogs")
  void textTellsTheSameAsTheRecords(GoldenLog log) {
    // journalctl's short formats replace tabs and colour codes, which loses what they were.
    if (!log.toString().contains("s07-odd-comm.journal") && !log.toString().contains("s08")) {
      assertThat(log.kills())
          .extracting(GoldenLog::apartFromSource)
          .isEqualTo(log.in("kmsg").kills().stream().map(GoldenLog::apartFromSource).toList());
    }
  }

  static Stream<GoldenLog> structuredLogs() {
    return Stream.of("dmesg-J", "journal-json", "journal-export", "journal-verbose")
        .flatMap(GoldenLog::all);
  }

  @ParameterizedTest
  @MethodSource("structuredLogs")
  void fieldsTellTheSameAsTheRecords(GoldenLog log) {
    List<OomKillEvent> kills = log.kills();
    List<OomKillEvent> records = log.in("kmsg").kills();
    assertThat(kills)
        .extracting(GoldenLog::apartFromSource)
        .isEqualTo(records.stream().map(GoldenLog::apartFromSource).toList());
    assertThat(kills)
        .extracting(OomKillEvent::sinceBoot)
        .isEqualTo(records.stream().map(OomKillEvent::sinceBoot).toList());
    assertThat(kills)
        .allMatch(kill -> kill.wallClock().isPresent() == !log.toString().endsWith("dmesg-J"))
        .noneMatch(OomKillEvent::trusted);
  }

  @ParameterizedTest
  @MethodSource("recordLogs")
  void everyKillHasItsWholeReport(GoldenLog log) {
    assertThat(log.kills())
        .allSatisfy(
            kill -> {
              assertThat(kill.truncated()).isFalse();
              assertThat(kill.trigger().orElseThrow().pid()).isPresent();
              assertThat(kill.trigger().orElseThrow().kernel().orElseThrow())
                  .matches("(6.1|7.2).*");
              boolean cgroup = kill.constraint().orElseThrow() == OomConstraint.MEMCG;
              assertThat(kill.oomCgroup().isPresent()).isEqualTo(cgroup);
              assertThat(kill.victimCgroup()).isPresent();
              assertThat(kill.memory().memory().isPresent()).isEqualTo(cgroup);
              assertThat(kill.memory().cgroupStats().containsKey("anon")).isEqualTo(cgroup);
              assertThat(kill.memory().machine().isPresent()).isEqualTo(!cgroup);
              boolean dumped = !log.toString().contains("no-dump");
              assertThat(kill.tasks().isEmpty()).isEqualTo(!dumped);
              if (dumped && !kill.groupKill()) {
                assertThat(kill.tasks())
                    .filteredOn(task -> task.pid() == kill.victim().pid())
                    .hasSize(1);
              }
            });
  }

  @Test
  void membersOfAGroupShareTheReport() {
    List<OomKillEvent> kills = GoldenLog.of("6.1/s02b-oom-group-service.kmsg").kills();
    assertThat(kills)
        .extracting(kill -> kill.victim().pid())
        .containsExactly(270L, 271L, 272L, 273L, 274L);
    assertThat(kills)
        .allSatisfy(
            kill -> {
              assertThat(kill.groupKill()).isTrue();
              assertThat(kill.oomCgroup()).contains("/system.slice/grpsvc.service");
              assertThat(kill.victimCgroup()).contains("/system.slice/grpsvc.service");
              assertThat(kill.report()).isSameAs(kills.get(0).report());
              assertThat(kill.group()).isEqualTo(kills.get(0).group());
            });
  }

  @Test
  void readsNamesThatTryToLookLikeTheLog() {
    assertThat(GoldenLog.of("6.1/s07-odd-comm.kmsg").kills())
        .extracting(kill -> kill.victim().comm())
        .containsExactly(
            "we ird) (x",
            "new\nline",
            "ünïcödé€",
            ",task=x,pid=1",
            "tab\tquote\"\\\\",
            "esc\u001b[31m");
    assertThat(GoldenLog.of("6.1/s07c-odd-cgroup.kmsg").kills())
        .extracting(
            kill ->
                kill.victimCgroup().orElseThrow().substring("/system.slice/odd.scope/".length()))
        .containsExactly(
            "x,task=evil,pid=1,uid=0",
            "sp ace (par)",
            "ünï",
            "bs\\x2d",
            "e\u001bsc",
            "dots..a:b=c",
            "parent/kid1");
  }

  @Test
  void tellsTheConstraintTriggerAndOrder() {
    assertThat(constraint("6.1/s05-mempolicy.kmsg")).contains(OomConstraint.MEMORY_POLICY);
    assertThat(constraint("6.1/s05b-cpuset.kmsg")).contains(OomConstraint.CPUSET);
    assertThat(constraint("6.1/s03-global-noswap.kmsg")).contains(OomConstraint.NONE);
    assertThat(GoldenLog.of("6.1/s06-sysrq.kmsg").kills().get(0).trigger().orElseThrow().order())
        .isEqualTo(-1);
  }

  private static Optional<OomConstraint> constraint(String log) {
    return GoldenLog.of(log).kills().get(0).constraint();
  }

  @Test
  void aReportWithoutAKillIsNone() {
    assertThat(GoldenLog.of("6.1/s08-no-killable-memcg-head.kmsg").kills()).isEmpty();
  }

  @Test
  void timesComeFromWhatTheFormatStates() {
    assertThat(first("kmsg").sequence()).hasValue(452);
    assertThat(first("kmsg").sinceBoot()).contains(Duration.ofNanos(15_917_323_000L));
    assertThat(first("dmesg").sinceBoot()).contains(Duration.ofNanos(15_917_323_000L));
    assertThat(first("dmesg-x").sinceBoot()).contains(Duration.ofNanos(15_917_323_000L));
    assertThat(first("dmesg-r").sinceBoot()).contains(Duration.ofNanos(15_917_323_000L));
    assertThat(first("dmesg-iso").wallClock())
        .contains(Instant.parse("2026-11-22T19:07:31.917323Z"));
    assertThat(first("journal-short-iso").wallClock())
        .contains(Instant.parse("2026-11-22T19:07:32Z"));
    assertThat(first("dmesg-T").wallClock()).isEmpty();
    assertThat(first("journal-short-precise").wallClock()).isEmpty();
    assertThat(first("dmesg").sequence()).isEmpty();
  }

  private static OomKillEvent first(String format) {
    return GoldenLog.of("6.1/s01-memcg-scope." + format).kills().get(0);
  }
}
