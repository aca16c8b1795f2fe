package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomKillEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real logs, damaged as people's tools damage them, tell what the whole ones tell. */
class DamagedLogTest {

  private static final List<GoldenLog> LOGS =
      Stream.of(
              "6.1/s01-memcg-scope.dmesg",
              "6.1/s02b-oom-group-service.dmesg",
              "6.1/s03-global-noswap.dmesg",
              "6.1/s01-memcg-scope.journal-short-precise",
              "6.1/s02b-oom-group-service.journal-short-iso",
              "6.1/s03-global-noswap.dmesg-T",
              "6.1/s01-memcg-scope.dmesg-x",
              "6.1/s03-global-noswap.dmesg-r",
              "6.12/s01-memcg-scope.dmesg",
              "6.12/s03-global-noswap.dmesg")
          .map(GoldenLog::of)
          .toList();

  static List<Damage> damages() {
    List<Damage> damages = new ArrayList<>(Damage.ALL);
    damages.addAll(Pasted.all());
    return damages;
  }

  @ParameterizedTest
  @MethodSource("damages")
  void aDamagedLogTellsTheSame(Damage damage) {
    assertThat(failures(List.of(damage), LOGS)).isEmpty();
  }

  @Test
  void soDoesOneThatIsDamagedTwice() {
    List<Damage> pairs = new ArrayList<>();
    for (Damage first : Damage.ALL) {
      for (Damage second : Damage.ALL) {
        if (second.mayFollow(first)) {
          pairs.add(first.then(second));
        }
      }
    }
    List<String> failures = failures(pairs, LOGS.subList(2, 4));
    failures.forEach(System.out::println);
    assertThat(failures).isEmpty();
  }

  private static List<String> failures(List<Damage> damages, List<GoldenLog> logs) {
    List<String> failures = new ArrayList<>();
    for (GoldenLog log : logs) {
      List<String> lines = log.text().lines().toList();
      List<List<Object>> whole = facts(lines);
      for (Damage damage : damages) {
        List<List<Object>> damaged = facts(damage.harm().apply(lines));
        if (!damaged.equals(whole)) {
          failures.add("FAIL " + damage + " | " + log + " | " + difference(whole, damaged));
        }
      }
    }
    return failures;
  }

  private static String difference(List<List<Object>> whole, List<List<Object>> damaged) {
    if (whole.size() != damaged.size()) {
      return damaged.size() + " kills of " + whole.size();
    }
    for (int i = 0; i < whole.size(); i++) {
      for (int k = 0; k < whole.get(i).size(); k++) {
        if (!whole.get(i).get(k).equals(damaged.get(i).get(k))) {
          return i + "." + k + " " + difference(whole.get(i).get(k), damaged.get(i).get(k));
        }
      }
    }
    return "";
  }

  private static String difference(Object whole, Object damaged) {
    if (whole instanceof List<?> rows && damaged instanceof List<?> others) {
      return rows.size()
          + " rows, "
          + others.size()
          + ": "
          + rows.stream().filter(row -> !others.contains(row)).findFirst()
          + " != "
          + others.stream().filter(row -> !rows.contains(row)).findFirst();
    }
    return whole + " != " + damaged;
  }

  private static List<List<Object>> facts(List<String> lines) {
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    try (Stream<OomKillEvent> kills = KernelLog.parse(new ByteArrayInputStream(bytes))) {
      return kills.map(DamagedLogTest::facts).toList();
    }
  }

  private static List<Object> facts(OomKillEvent kill) {
    return List.of(
        kill.victim(),
        kill.constraint(),
        kill.trigger().map(OomKillEvent.Trigger::comm),
        kill.trigger().map(OomKillEvent.Trigger::gfpMask),
        kill.trigger().map(OomKillEvent.Trigger::order),
        kill.oomCgroup(),
        kill.victimCgroup(),
        kill.groupKill(),
        kill.tasks(),
        kill.memory().memory(),
        kill.memory().swap(),
        kill.killLine().strip());
  }
}
