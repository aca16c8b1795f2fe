package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MachineMemory;
import io.github.oom4j.MemoryZone;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each part of each report of every kernel, in every format, against what grep finds in the log.
 * What was compared goes to target/report-facts.md: a row for each log, and no holes.
 */
class ReportFactsTest {

  private static final Map<String, Map<String, String>> TABLE = new LinkedHashMap<>();

  static Stream<GoldenLog> logs() {
    return Stream.of(
            "kmsg",
            "dmesg",
            "dmesg-T",
            "dmesg-x",
            "dmesg-r",
            "dmesg-iso",
            "journal-short",
            "journal-short-iso",
            "journal-short-precise")
        .flatMap(GoldenLog::all)
        .filter(log -> !log.numbers().isEmpty());
  }

  @AfterAll
  static void writeTable() throws IOException {
    List<String> parts =
        TABLE.values().stream().flatMap(row -> row.keySet().stream()).distinct().toList();
    String head = "| log | " + String.join(" | ", parts) + " |\n|---" + "|---".repeat(parts.size());
    String rows =
        TABLE.entrySet().stream()
            .map(
                row ->
                    parts.stream()
                        .map(part -> row.getValue().getOrDefault(part, "HOLE"))
                        .collect(Collectors.joining(" | ", "| " + row.getKey() + " | ", " |")))
            .collect(Collectors.joining("\n"));
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/report-facts.md"), head + "|\n" + rows + "\n");
    assertThat(rows).doesNotContain("HOLE");
  }

  @ParameterizedTest
  @MethodSource("logs")
  void everyPartTellsWhatTheLogHolds(GoldenLog log) {
    GoldenText text = GoldenText.of(log);
    List<OomReport> reports = log.kills().stream().map(OomKillEvent::report).distinct().toList();
    Facts facts = new Facts(log, text, reports);

    facts.same("header", text.count("invoked oom-killer: "), reports.size());
    facts.sum("gfp flags", text.flags(), r -> r.trigger().orElseThrow().gfpFlags().size());
    facts.sum("frames", text.frames(), r -> r.callTrace().size());
    facts.sum("taint", text.count("ainted"), r -> present(r.trigger().orElseThrow().taint()));
    facts.sum(
        "hardware",
        text.count("Hardware name: "),
        r -> present(r.trigger().orElseThrow().hardware()));
    facts.sum("cpuset", text.count(",cpuset="), r -> present(r.cpuset()));
    facts.sum("mems_allowed", text.count(",mems_allowed="), r -> present(r.memsAllowed()));
    facts.sum("global_oom", text.count(",global_oom,"), r -> r.globalOom() ? 1 : 0);
    facts.sum("memory", text.count("memory: usage "), r -> present(r.memory().memory()));
    facts.sum("swap", text.count("swap: usage "), r -> present(r.memory().swap()));
    facts.sum("stats", text.statistics(), r -> r.memory().cgroupStats().size());
    facts.sum("pages", text.pageCounts(), r -> machine(r, m -> m.pageCounts().size()));
    facts.sum(
        "nodes", text.matches("Node \\d+ active_anon:"), r -> machine(r, m -> m.nodes().size()));
    facts.sum("zones", text.matches(" free:\\d+kB "), r -> machine(r, m -> m.zones().size()));
    facts.sum(
        "min watermarks kB",
        text.total(" min:(\\d+)kB low:"),
        r -> zones(r, zone -> zone.min().orElseThrow().toKibibytes()));
    facts.sum(
        "lowmem_reserve",
        text.count("lowmem_reserve[]:"),
        r -> zones(r, zone -> zone.lowmemReserve().isEmpty() ? 0 : 1));
    facts.sum(
        "free lists kB",
        text.total("\\*4096kB(?: \\(\\w+\\))? = (\\d+)kB"),
        r -> zones(r, ReportFactsTest::freeKib));
    facts.sum(
        "huge pages",
        text.count("hugepages_size="),
        r -> machine(r, memory -> memory.hugePages().size()));
    facts.sum(
        "swap total kB",
        text.total("Total swap = (\\d+)kB"),
        r -> machine(r, m -> m.swapTotal().orElseThrow().toKibibytes()));
    facts.sum(
        "pages RAM",
        text.total("(\\d+) pages RAM"),
        r -> machine(r, m -> m.pagesRam().orElseThrow()));
    facts.sum(
        "pages reserved",
        text.total("(\\d+) pages reserved"),
        r -> machine(r, m -> m.pagesReserved().orElseThrow()));
    facts.sum(
        "page cache",
        text.total("(\\d+) total pagecache pages"),
        r -> machine(r, m -> m.pagecachePages().orElseThrow()));
    facts.sum("tasks", text.tasks().size(), r -> r.tasks().size());
    facts.sum(
        "rss pages",
        text.tasks().stream().mapToLong(Long::longValue).sum(),
        r -> r.tasks().stream().mapToLong(task -> task.rss().bytes() / 4096).sum());
    facts.sum("page size kB", 4L * reports.size(), r -> r.pageSize().toKibibytes());
    if (!log.toString().contains("no-dump")) {
      assertThat(reports).noneMatch(OomReport::pageSizeAssumed);
    }
    TABLE.put(log.toString(), facts.row());
  }

  private static long freeKib(MemoryZone zone) {
    return zone.freeBlocks().stream()
        .map(blocks -> ByteSize.bytes(blocks.count() * blocks.size().bytes()))
        .mapToLong(ByteSize::toKibibytes)
        .sum();
  }

  private static int present(Optional<?> part) {
    return part.isPresent() ? 1 : 0;
  }

  private static long machine(OomReport report, ToLongFunction<MachineMemory> f) {
    return report.memory().machine().map(f::applyAsLong).orElse(0L);
  }

  private static long zones(OomReport report, ToLongFunction<MemoryZone> f) {
    return machine(report, memory -> memory.zones().stream().mapToLong(f).sum());
  }

  /** One row of the table. */
  private record Facts(
      GoldenLog log, GoldenText text, List<OomReport> reports, Map<String, String> row) {

    Facts(GoldenLog log, GoldenText text, List<OomReport> reports) {
      this(log, text, reports, new LinkedHashMap<>());
    }

    void sum(String part, long inText, ToLongFunction<OomReport> inReport) {
      same(part, inText, reports.stream().mapToLong(inReport).sum());
    }

    void same(String part, long inText, long inReports) {
      assertThat(inReports).as("%s in %s", part, log).isEqualTo(inText);
      row.put(part, Long.toString(inText));
    }
  }
}
