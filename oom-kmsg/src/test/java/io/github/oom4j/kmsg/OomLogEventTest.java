package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomEpisode;
import io.github.oom4j.OomEpisode.Outcome;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.OomReaped;
import io.github.oom4j.OomSuppressed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the OOM killer says beside kills. */
class OomLogEventTest {

  private static final String HEADER =
      "asker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0";
  private static final String KILL =
      "Memory cgroup out of memory: Killed process 7 (hog) total-vm:9kB, anon-rss:8kB,"
          + " file-rss:7kB, shmem-rss:6kB";

  private final OomKillParser parser = new OomKillParser();
  private final List<OomLogEvent> events = new ArrayList<>();
  private long sequence = 50;

  private void record(String text) {
    String raw = "4," + sequence++ + ",1000000,-;" + text;
    events.addAll(parser.events(KmsgRecord.parse(raw).orElseThrow()));
  }

  private List<OomLogEvent> flushed() {
    events.addAll(parser.flushEvents());
    return events;
  }

  private OomEpisode episode() {
    assertThat(flushed()).hasSize(1);
    return (OomEpisode) events.get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Out of memory: OOM victim 5 (x) is already exiting. Skip killing the task | ALREADY_EXITING
          Out of memory and no killable processes... | NO_KILLABLE_PROCESS
          Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled | PANIC_ON_OOM
          Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled | PANIC_ON_OOM
          Kernel panic - not syncing: out of memory. panic_on_oom is selected | PANIC_ON_OOM
          Kernel panic - not syncing: Out of memory and no killable processes... | PANIC_DEADLOCKED
          Kernel panic - not syncing: System is deadlocked on memory | PANIC_DEADLOCKED
          sysrq: OOM request ignored. No task eligible | SYSRQ_IGNORED
          OOM killer disabled. | KILLER_DISABLED
          OOM killer enabled. | KILLER_ENABLED
          Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF | FAULT_RETRIED
          """)
  void anOomMayEndWithoutAKill(String line, Outcome outcome) {
    record(line);

    OomEpisode episode = episode();
    assertThat(episode.outcome()).isEqualTo(outcome);
    assertThat(episode.line()).isEqualTo(line);
    assertThat(episode.sequence()).hasValue(50);
    assertThat(episode.trusted()).isTrue();
    assertThat(episode.explain()).doesNotStartWith("The OOM killer killed");
    List<OomLogEvent> ofText = new ArrayList<>(parser.eventsOfLine("[    1.000000] " + line));
    ofText.addAll(parser.flushEvents());
    assertThat(ofText)
        .singleElement()
        .satisfies(event -> assertThat(event.trusted()).isFalse())
        .satisfies(event -> assertThat(((OomEpisode) event).outcome()).isEqualTo(outcome));
  }

  @Test
  void anEpisodeHasTheReportBeforeIt() {
    record(HEADER);
    record("memory: usage 8kB, limit 8kB, failcnt 3");
    record("Memory cgroup stats for /a:");
    record("anon 4096");
    record(
        "Memory cgroup out of memory: OOM victim 5 (x y) is already exiting. Skip killing the task");

    OomEpisode episode = episode();
    assertThat(episode.pid()).hasValue(5);
    assertThat(episode.comm()).contains("x y");
    assertThat(episode.constraint()).contains(OomConstraint.MEMCG);
    assertThat(episode.oomCgroup()).contains("/a");
    assertThat(episode.report().trigger().orElseThrow().comm()).isEqualTo("asker");
    assertThat(episode.report().memory().cgroupStats()).containsEntry("anon", 4096L);
  }

  @Test
  void aReportWhoseEndIsNotThereIsAnEpisode() {
    record(HEADER);
    record("memory: usage 8kB, limit 8kB, failcnt 3");
    record(HEADER);
    record(KILL);

    assertThat(flushed()).hasSize(2);
    assertThat(((OomEpisode) events.get(0)).outcome()).isEqualTo(Outcome.NOT_TOLD);
    assertThat(events.get(1)).isInstanceOf(OomKillEvent.class);
    record(HEADER);
    assertThat(parser.flushEvents()).isEmpty();
    assertThat(parser.end()).singleElement().isInstanceOf(OomEpisode.class);
  }

  @Test
  void theReaperSpeaksOfAKillAfterIt() {
    record(KILL);
    record("oom_reaper: reaped process 7 (hog), now anon-rss:4kB, file-rss:0kB, shmem-rss:8kB");
    record("oom_reaper: unable to reap pid:8 (n) now an)");
    record("oom_reaper: reaped process 9 (not to its end), now anon-rss:4kB");

    assertThat(flushed()).hasSize(3);
    assertThat(events.get(0)).isInstanceOf(OomKillEvent.class);
    OomReaped reaped = (OomReaped) events.get(1);
    assertThat(reaped.pid()).isEqualTo(7);
    assertThat(reaped.comm()).isEqualTo("hog");
    assertThat(reaped.anonRss()).contains(ByteSize.kibibytes(4));
    assertThat(reaped.shmemRss()).contains(ByteSize.kibibytes(8));
    OomReaped not = (OomReaped) events.get(2);
    assertThat(not.reaped()).isFalse();
    assertThat(not.comm()).isEqualTo("n) now an");
    assertThat(not.anonRss()).isEmpty();
  }

  @Test
  void suppressedReportsAreCounted() {
    record("oom_kill_process: 16 callbacks suppressed");
    record("oom_kill_process: 16 callbacks suppressed, said somebody");
    record(HEADER);
    record(KILL);

    assertThat(flushed()).hasSize(2);
    assertThat(((OomSuppressed) events.get(0)).reports()).isEqualTo(16);
    assertThat(((OomKillEvent) events.get(1)).trigger()).isPresent();
  }

  @Test
  void killsAloneAreAskedForAsBefore() {
    assertThat(parser.acceptLine("OOM killer disabled.")).isEmpty();
    assertThat(parser.acceptLine(KILL)).isEmpty();
    assertThat(parser.flush()).hasSize(1);
  }

  private static Path golden(String name) {
    return GoldenLog.of(name + ".kmsg").path();
  }

  @ParameterizedTest
  @MethodSource("goldenLogs")
  void killsAreTheSameAmongAllEvents(GoldenLog log) {
    try (Stream<OomLogEvent> saved = KernelLog.parseEvents(log.path());
        Stream<OomLogEvent> ring = KernelLog.at(log.path()).events()) {
      assertThat(saved.filter(OomKillEvent.class::isInstance).toList()).isEqualTo(log.kills());
      assertThat(ring.filter(OomKillEvent.class::isInstance).toList())
          .isEqualTo(log.killsAsRecords());
    }
  }

  static Stream<GoldenLog> goldenLogs() {
    return GoldenLog.all("kmsg");
  }

  @Test
  void theEndlessEpisodesOfACgroupWithoutKillableProcessesAreToldOneByOne() {
    try (Stream<OomLogEvent> all =
        KernelLog.parseEvents(golden("6.1/s08-no-killable-memcg-head"))) {
      all.forEach(events::add);
    }
    List<OomEpisode> whole =
        events.stream()
            .map(OomEpisode.class::cast)
            .filter(episode -> episode.outcome() == Outcome.NO_KILLABLE_PROCESS)
            .toList();
    assertThat(whole).hasSize(6);
    assertThat(whole.subList(1, 6))
        .allSatisfy(
            episode -> {
              assertThat(episode.constraint()).contains(OomConstraint.MEMCG);
              assertThat(episode.oomCgroup()).isPresent();
              assertThat(episode.report().memory().memory()).isPresent();
              assertThat(episode.report().trigger()).isPresent();
            });
  }
}
