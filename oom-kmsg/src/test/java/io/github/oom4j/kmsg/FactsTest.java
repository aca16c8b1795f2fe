package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.MemoryReport;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logs that {@code guest/capture} made, against what the scenarios themselves knew: the process
 * they started, its name, its cgroup and the limit they had set. One line of facts.jsonl each.
 */
class FactsTest {

  static Stream<String> facts() throws IOException {
    return Files.readAllLines(folder().resolve("facts.jsonl")).stream();
  }

  private static Path folder() {
    try {
      return Path.of(
          Objects.requireNonNull(FactsTest.class.getResource("/golden/uml-7.2")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("facts")
  void theRecordsTellWhatTheScenarioKnew(String fact) {
    OomKillEvent kill = killOf(fact, ".kmsg");

    assertThat(kill.victim().comm()).isEqualTo(text(fact, "name"));
    assertKnown(fact, kill);
  }

  @ParameterizedTest
  @MethodSource("facts")
  void soDoesTheText(String fact) {
    assertKnown(fact, killOf(fact, ".dmesg"));
  }

  private static void assertKnown(String fact, OomKillEvent kill) {
    // Without oom_dump_tasks the report is all there but the task table.
    assertThat(kill.tasks().isEmpty()).isEqualTo(text(fact, "scenario").equals("no-dump"));
    assertThat(kill.victimCgroup()).contains(text(fact, "cgroup"));
    if (fact.contains("\"limit_bytes\":null")) {
      assertThat(kill.constraint()).contains(OomConstraint.NONE);
      assertThat(kill.oomCgroup()).isEmpty();
      return;
    }
    long limit = Long.parseLong(field(fact, "limit_bytes", "(\\d+)"));
    assertThat(kill.constraint()).contains(OomConstraint.MEMCG);
    assertThat(kill.oomCgroup()).contains(text(fact, "limit_cgroup"));
    assertThat(kill.memory().memory().map(MemoryReport.Usage::limit))
        .isEqualTo(Optional.of(Limit.of(ByteSize.bytes(limit))));
  }

  private static OomKillEvent killOf(String fact, String form) {
    long pid = Long.parseLong(field(fact, "pid", "(\\d+)"));
    List<OomKillEvent> kills;
    try (Stream<OomKillEvent> all =
        KernelLog.parse(folder().resolve(text(fact, "scenario") + form))) {
      kills = all.filter(kill -> kill.victim().pid() == pid).toList();
    }
    assertThat(kills).as("kills of %d, each once", pid).hasSize(1);
    return kills.get(0);
  }

  private static String text(String fact, String key) {
    return Pattern.compile("\\\\(u[0-9a-f]{4}|.)")
        .matcher(field(fact, key, "\"((?:[^\"\\\\]|\\\\.)*)\""))
        .replaceAll(escape -> Matcher.quoteReplacement(unescaped(escape.group(1))));
  }

  private static String unescaped(String escape) {
    return escape.length() == 1
        ? escape
        : Character.toString(Integer.parseInt(escape.substring(1), 16));
  }

  private static String field(String fact, String key, String value) {
    Matcher matcher = Pattern.compile("\"" + key + "\":" + value).matcher(fact);
    assertThat(matcher.find()).as("%s in %s", key, fact).isTrue();
    return matcher.group(1);
  }
}
