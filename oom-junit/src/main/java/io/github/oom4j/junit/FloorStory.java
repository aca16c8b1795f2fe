package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.junit.FloorProbe.Fate;
import io.github.oom4j.junit.FloorReport.Outcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The words of a {@link FloorReport}. */
final class FloorStory {

  private static final Duration A_WHILE = Duration.ofSeconds(1);

  private final FloorReport report;

  FloorStory(FloorReport report) {
    this.report = report;
  }

  String explain() {
    StringJoiner story = new StringJoiner(" ");
    String command = "'" + String.join(" ", report.command()) + "'";
    ByteSize max = report.range().max();
    switch (report.outcome()) {
      case FOUND -> {
        ByteSize floor = report.floor().orElseThrow();
        story.add(
            command
                + " needs a memory.max of "
                + exact(floor)
                + ", within "
                + exact(report.range().tolerance())
                + ": there it succeeded "
                + times(count(floor, Fate.SUCCEEDED))
                + ", at "
                + failure()
                + ".");
        slow(floor, story);
      }
      case AT_MOST_MIN ->
          story.add(
              command
                  + " needs a memory.max of at most "
                  + exact(report.range().min())
                  + ", the smallest that was tried: there it succeeded "
                  + times(count(report.range().min(), Fate.SUCCEEDED))
                  + ".");
      case ABOVE_MAX ->
          story.add(
              command
                  + " does not succeed even with the largest memory.max of the range: at "
                  + failure()
                  + "."
                  + why(report.probes().get(report.probes().size() - 1)));
      case OUT_OF_TIME ->
          story.add(
              "The time for the search was over before the floor of "
                  + command
                  + " was found. "
                  + bracket());
      case OTHER_LIMIT ->
          story.add(
              "A probe of "
                  + command
                  + " was killed for another limit than its own, which tells nothing: take a"
                  + " largest limit that is below what holds for the box, or run it where there is"
                  + " more memory. "
                  + bracket()
                  + why(report.probes().get(report.probes().size() - 1)));
    }
    if (report.isFlaky()) {
      story.add(
          "It is flaky: it failed under a limit under which, or under a smaller one, it also"
              + " succeeded; more repeats make the floor more certain.");
    }
    report.recommendation().ifPresent(size -> recommend(size, story));
    if (report.outcome() == Outcome.ABOVE_MAX && report.probes().size() == 1) {
      story.add("Raise the largest limit above " + exact(max) + " if it is memory that it wants.");
    }
    return story.toString();
  }

  private void recommend(ByteSize size, StringJoiner story) {
    ByteSize floor = report.floor().orElseThrow();
    boolean tenth = floor.bytes() / 10 >= 2 * report.range().tolerance().bytes();
    story.add(
        "Recommended: "
            + exact(size)
            + ", the floor and "
            + (tenth ? "10 % of it" : "twice the tolerance")
            + " as headroom, in whole MiB.");
  }

  /** As in "65Mi it was OOM-killed (1 of 1)". */
  private String failure() {
    ByteSize limit = report.largestFailure().orElseThrow();
    Fate fate =
        report.probes().stream()
            .filter(probe -> probe.limit().equals(limit) && probe.fate().isFailure())
            .map(FloorProbe::fate)
            .findFirst()
            .orElseThrow();
    boolean passive = fate == Fate.OOM_KILLED || fate == Fate.NOT_LAUNCHED;
    return exact(limit) + " it " + (passive ? "was " : "") + fate;
  }

  private String bracket() {
    String above = report.largestFailure().map(size -> "It is above " + exact(size)).orElse("");
    String below = report.smallestSuccess().map(size -> "at most " + exact(size)).orElse("");
    if (above.isEmpty() && below.isEmpty()) {
      return "Nothing is known of it.";
    }
    return above.isEmpty()
        ? "It is " + below + "."
        : above + (below.isEmpty() ? "" : ", and " + below) + ".";
  }

  private static String why(FloorProbe probe) {
    String verdict = probe.result().map(result -> " " + result.verdict().explain()).orElse("");
    String output = lastLine(probe.output());
    return verdict + (output.isEmpty() ? "" : " The last it printed: \"" + output + "\".");
  }

  /** Clean page cache can be had back at any time, so a small limit may be slow, not deadly. */
  private void slow(ByteSize floor, StringJoiner story) {
    Duration there = median(floor);
    Duration free = median(report.range().max());
    if (there.compareTo(A_WHILE) <= 0 || there.compareTo(free.multipliedBy(2)) <= 0) {
      return;
    }
    ByteSize quick =
        report.probes().stream()
            .filter(probe -> probe.fate() == Fate.SUCCEEDED)
            .map(FloorProbe::limit)
            .filter(limit -> median(limit).compareTo(free.multipliedBy(2)) <= 0)
            .min(ByteSize::compareTo)
            .orElseThrow();
    story.add(
        "It is slow there, "
            + seconds(there)
            + " and not "
            + seconds(free)
            + " as with "
            + exact(report.range().max())
            + ": the kernel drops page cache that it needs again. The smallest limit tried with"
            + " which it is not: "
            + exact(quick)
            + ", "
            + seconds(median(quick))
            + ".");
  }

  private Duration median(ByteSize limit) {
    List<Duration> sorted =
        report.probes().stream()
            .filter(probe -> probe.limit().equals(limit) && probe.fate() == Fate.SUCCEEDED)
            .map(FloorProbe::duration)
            .sorted(Comparator.naturalOrder())
            .toList();
    return sorted.isEmpty() ? Duration.ZERO : sorted.get(sorted.size() / 2);
  }

  private int count(ByteSize limit, Fate fate) {
    return (int)
        report.probes().stream()
            .filter(probe -> probe.limit().equals(limit) && probe.fate() == fate)
            .count();
  }

  private static String times(int count) {
    return count == 1 ? "once" : count + " times of " + count;
  }

  String table() {
    StringBuilder table = new StringBuilder();
    table.append(row("memory.max", "peak", "took", "ended"));
    for (FloorProbe probe : report.probes()) {
      String note = probe.fate() == Fate.FAILED ? exitOf(probe) : "";
      table.append(
          row(
              exact(probe.limit()),
              probe.peak().map(FloorStory::exact).orElse("?"),
              seconds(probe.duration()),
              probe.fate() + note));
    }
    return table.toString();
  }

  private static String exitOf(FloorProbe probe) {
    return probe.result().map(result -> ", exit value " + result.exitValue()).orElse("");
  }

  private static String row(String limit, String peak, String took, String ended) {
    return String.format(Locale.ROOT, "%12s %12s %9s  %s%n", limit, peak, took, ended);
  }

  /** In MiB, to a hundredth: {@link ByteSize#toString()} cuts off what matters here. */
  static String exact(ByteSize size) {
    String text = String.format(Locale.ROOT, "%.2f", size.bytes() / (double) (1 << 20));
    return text.replaceFirst("\\.?0+$", "") + "Mi";
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toNanos() / 1e9);
  }

  private static String lastLine(String output) {
    return output
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((first, second) -> second)
        .map(line -> line.strip().replaceAll("\\p{Cntrl}", "?"))
        .orElse("");
  }
}
