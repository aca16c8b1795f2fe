package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Reports as people paste them: wrapped, indented, cut, glued together; scored as score.py beside
 * them does. The corpus is third-party text and stays where it is.
 */
class WildCorpusTest {

  private static final Path FOLDER = folder();

  private static final Pattern FIELD =
      Pattern.compile("\"(\\w+)\": (null|-?\\d+|\"((?:[^\"\\\\]|\\\\.)*)\")");

  /** Beside the project, or beside a folder that it is in. */
  private static Path folder() {
    Path wild = Path.of("shared/kernel-logs/wild");
    Path here = Path.of("").toAbsolutePath();
    while (here.getParent() != null && !Files.exists(here.resolve(wild))) {
      here = here.getParent();
    }
    return here.resolve(wild);
  }

  private final List<String> mismatches = new ArrayList<>();
  private int expected;
  private int found;
  private int extra;
  private int fields;
  private int rightFields;

  @Test
  void everyKillIsFoundAndNoneInvented() throws IOException {
    assumeTrue(
        Files.exists(FOLDER.resolve("expected.jsonl")),
        "the wild corpus is not there: " + FOLDER.toAbsolutePath().normalize());
    Map<String, List<Map<String, String>>> files = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FOLDER.resolve("expected.jsonl"))) {
      Map<String, String> fact = fields(line);
      files.computeIfAbsent(fact.getOrDefault("file", ""), name -> new ArrayList<>()).add(fact);
    }
    files.forEach(this::score);
    assertThat(found).as("found: %s", mismatches).isEqualTo(expected);
    assertThat(extra).as("invented: %s", mismatches).isZero();
    assertThat((double) rightFields / fields).as("%s", mismatches).isGreaterThan(0.999);
  }

  private void score(String file, List<Map<String, String>> facts) {
    if ("?".equals(facts.get(0).get("events"))) {
      return;
    }
    List<OomKillEvent> kills = new ArrayList<>();
    try (Stream<OomKillEvent> stream = KernelLog.parse(FOLDER.resolve(file))) {
      stream.forEach(kills::add);
    }
    for (Map<String, String> fact : facts) {
      if (fact.containsKey("events")) {
        continue;
      }
      expected++;
      Optional<OomKillEvent> match =
          kills.stream()
              .filter(kill -> Long.toString(kill.victim().pid()).equals(fact.get("victim_pid")))
              .findFirst();
      if (match.isEmpty()) {
        mismatches.add("missed " + file + ": " + fact.get("victim_pid"));
        continue;
      }
      found++;
      kills.remove(match.get());
      compare(file, fact, facts(match.get()));
    }
    extra += kills.size();
    kills.forEach(kill -> mismatches.add("invented " + file + ": " + kill.victim()));
  }

  private void compare(String file, Map<String, String> fact, Map<String, String> got) {
    got.forEach(
        (key, value) -> {
          String wanted = fact.getOrDefault(key, "");
          if (!wanted.equals("?")) {
            fields++;
            if (Objects.equals(wanted, value)) {
              rightFields++;
            } else {
              mismatches.add(file + " " + key + ": expected " + wanted + ", got " + value);
            }
          }
        });
  }

  /** The fields of a flat JSON object; null is the empty text. */
  private static Map<String, String> fields(String json) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher matcher = FIELD.matcher(json);
    while (matcher.find()) {
      String value = matcher.group(3) == null ? matcher.group(2) : matcher.group(3);
      fields.put(matcher.group(1), matcher.group(2).equals("null") ? "" : value);
    }
    return fields;
  }

  private static Map<String, String> facts(OomKillEvent kill) {
    Victim victim = kill.victim();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("victim_pid", Long.toString(victim.pid()));
    facts.put("victim_comm", victim.comm());
    facts.put("trigger_comm", kill.trigger().map(OomKillEvent.Trigger::comm).orElse(""));
    facts.put("constraint", kill.constraint().map(Enum::name).orElse(""));
    facts.put("total_vm_kb", kib(victim.totalVm()));
    facts.put("anon_rss_kb", kib(victim.anonRss()));
    facts.put("file_rss_kb", kib(victim.fileRss()));
    facts.put("shmem_rss_kb", kib(victim.shmemRss()));
    facts.put("uid", number(victim.uid()));
    facts.put("oom_score_adj", number(victim.oomScoreAdj()));
    facts.put("pgtables_kb", kib(victim.pgtables()));
    facts.put("oom_memcg", kill.oomCgroup().orElse(""));
    facts.put("task_memcg", kill.victimCgroup().orElse(""));
    facts.put("score", number(victim.score()));
    facts.put("order", kill.trigger().map(trigger -> "" + trigger.order()).orElse(""));
    facts.put("gfp_mask", kill.trigger().map(OomKillEvent.Trigger::gfpMask).orElse(""));
    facts.put("tasks_dumped", kill.tasks().isEmpty() ? "" : "" + kill.tasks().size());
    facts.put(
        "memcg_usage_kb",
        kill.memory().memory().map(use -> kib(Optional.of(use.usage()))).orElse(""));
    facts.put(
        "memcg_limit_kb", kill.memory().memory().map(use -> kib(use.limit().size())).orElse(""));
    return facts;
  }

  private static String kib(Optional<ByteSize> size) {
    return size.map(bytes -> "" + bytes.toKibibytes()).orElse("");
  }

  private static String number(OptionalLong number) {
    return number.isPresent() ? "" + number.getAsLong() : "";
  }

  private static String number(OptionalInt number) {
    return number.isPresent() ? "" + number.getAsInt() : "";
  }
}
