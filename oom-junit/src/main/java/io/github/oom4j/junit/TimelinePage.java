package io.github.oom4j.junit;

import static io.github.oom4j.junit.TimelineChart.escape;
import static io.github.oom4j.junit.TimelineChart.mib;
import static io.github.oom4j.junit.TimelineChart.number;

import io.github.oom4j.ByteSize;
import io.github.oom4j.junit.TimelineCurves.Point;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The page around a {@link TimelineChart}: what it is of, how it ended, the legend, the numbers.
 */
final class TimelinePage {

  private static final int ROWS = 50;

  // Blue, sky and grey differ in lightness too, and each line has a dash of its own, so that the
  // chart can be read without colours.
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --soft: #57606a;
        --grid: #d8dee4; --anon: #2f6db5; --file: #9cc9ee; --rest: #c5ccd3; --line: #14304f;
        --limit: #b23c00; --kill: #b00020; --swap: #7a2fc4; --some: #e6b34d; --full: #a35200; }
      @media (prefers-color-scheme: dark) { :root { --page: #101418; --text: #e8edf2;
        --soft: #a3adb8; --grid: #2f3741; --anon: #3f86d6; --file: #1f4e7d; --rest: #4b5560;
        --line: #d5e6f8; --limit: #ff9a66; --kill: #ff6b75; --swap: #c79bff; --some: #8a6a24;
        --full: #f0b45a; } }
      body { background: var(--page); color: var(--text); margin: 2rem auto; padding: 0 1rem;
        max-width: 60rem; font: 15px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .4rem; overflow-wrap: anywhere; }
      p { margin: .4rem 0; overflow-wrap: anywhere; }
      .facts { color: var(--soft); }
      .facts b { color: var(--text); }
      figure { margin: 1rem 0; overflow-x: auto; }
      svg { display: block; width: 100%; min-width: 40rem; height: auto; }
      svg text { font: 13px system-ui, sans-serif; fill: var(--text); paint-order: stroke;
        stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
      svg .tick, svg .axis { fill: var(--soft); }
      svg .end { text-anchor: end; }
      svg .middle { text-anchor: middle; }
      svg .limit-label { fill: var(--limit); font-weight: 600; }
      svg .kill-label { fill: var(--kill); font-weight: 600; }
      svg path { fill: none; }
      svg .grid { stroke: var(--grid); }
      svg .anon { fill: var(--anon); }
      svg .file { fill: var(--file); }
      svg .rest { fill: var(--rest); }
      svg .current { stroke: var(--line); stroke-width: 1.6; stroke-linejoin: round; }
      svg .dot { fill: var(--line); }
      svg .swap { stroke: var(--swap); stroke-width: 2.2; stroke-dasharray: 2 4;
        stroke-linecap: round; }
      svg .halo { stroke: var(--page); stroke-width: 5; stroke-linejoin: round; }
      svg .peak { stroke: var(--soft); stroke-dasharray: 2 5; }
      svg .limit { stroke: var(--limit); stroke-width: 2; stroke-dasharray: 9 5; }
      svg .kill { stroke: var(--kill); stroke-width: 1.6; }
      svg .cross { stroke: var(--kill); stroke-width: 4; stroke-linecap: round; }
      svg .some { fill: var(--some); }
      svg .full { fill: var(--full); }
      .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0;
        padding: 0; font-size: 13px; }
      .legend svg { display: inline; width: 22px; min-width: 0; height: 12px; margin-right: 6px;
        vertical-align: -1px; }
      details { margin-top: 1rem; }
      table { border-collapse: collapse; font-size: 13px; margin-top: .5rem; }
      th, td { text-align: right; padding: .1rem .9rem .1rem 0; }
      th { color: var(--soft); font-weight: 600; }
      """;

  private final TimelineCurves curves;
  private final MemoryTimeline timeline;
  private final StringBuilder html = new StringBuilder();

  private TimelinePage(MemoryTimeline timeline) {
    this.timeline = timeline;
    this.curves = new TimelineCurves(timeline);
  }

  static String of(MemoryTimeline timeline) {
    return new TimelinePage(timeline).write();
  }

  private String write() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
        .append(escape(timeline.title()))
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n<h1>")
        .append(escape(timeline.title()))
        .append("</h1>\n");
    timeline.result().ifPresent(result -> paragraph("verdict", escape(result.verdict().explain())));
    facts();
    legend();
    html.append("<figure>\n").append(TimelineChart.of(curves)).append("</figure>\n");
    numbers();
    return html.append("</body>\n</html>\n").toString();
  }

  private void paragraph(String style, String inner) {
    html.append("<p class=\"").append(style).append("\">").append(inner).append("</p>\n");
  }

  private void facts() {
    String limit = curves.limit().isPresent() ? mib(curves.limit().getAsDouble()) : "none";
    String backend = timeline.result().map(result -> ", box by " + result.backend()).orElse("");
    String pressure =
        !curves.hasPressure
            ? " This kernel tells no memory pressure of it (PSI)."
            : curves.most(Point::some) > 0 ? "" : " No time was lost for want of memory (PSI).";
    paragraph(
        "facts",
        "Limit <b>%s</b>, peak <b>%s</b>, <b>%s s</b>. %d samples from %s on%s.%s"
            .formatted(
                limit,
                mib(curves.peak()),
                number(curves.seconds),
                timeline.samples().size(),
                timeline.start().truncatedTo(ChronoUnit.MILLIS),
                backend,
                pressure));
    List<String> victims = curves.victims();
    if (victims.size() > 1) {
      paragraph("facts", "OOM-killed: " + escape(String.join(", ", victims)) + ".");
    }
  }

  private void legend() {
    html.append("<ul class=\"legend\">\n");
    if (curves.hasParts) {
      patch("anon", "anon: heaps, stacks");
      patch("file", "file: page cache, tmpfs");
      patch("rest", "the rest: kernel, and what is not yet in memory.stat");
    } else {
      patch("rest", "memory.current");
    }
    stroke("limit", "limit");
    if (curves.hasSwap) {
      stroke("swap", "swap (beside the memory, not in it)");
    }
    if (!curves.kills().isEmpty()) {
      stroke("kill", "OOM kill");
    }
    if (curves.most(Point::some) > 0) {
      patch("some", "some task waited for memory");
      patch("full", "all tasks waited for it");
    }
    html.append("</ul>\n");
  }

  private void patch(String style, String text) {
    item("<path class=\"" + style + "\" d=\"M0 0H22V12H0Z\"/>", text);
  }

  private void stroke(String style, String text) {
    item("<path class=\"" + style + "\" d=\"M0 6H22\"/>", text);
  }

  private void item(String drawing, String text) {
    html.append("<li><svg viewBox=\"0 0 22 12\" aria-hidden=\"true\">")
        .append(drawing)
        .append("</svg>")
        .append(text)
        .append("</li>\n");
  }

  /** For who can't see the chart, or wants to know exactly. */
  private void numbers() {
    html.append("<details>\n<summary>Numbers</summary>\n<table>\n<tr><th>s</th><th>memory</th>")
        .append("<th>anon</th><th>file</th><th>swap</th><th>limit, MiB</th></tr>\n");
    List<TimelineSample> samples = timeline.samples();
    int stride = Math.max(1, (samples.size() + ROWS - 1) / ROWS);
    for (int i = 0; i < samples.size(); i += stride) {
      TimelineSample sample =
          Collections.max(
              samples.subList(i, Math.min(samples.size(), i + stride)),
              Comparator.comparing(TimelineSample::current));
      html.append("<tr>");
      cell(number(TimelineCurves.seconds(sample.at())));
      cell(size(sample.current()));
      cell(sample.anon().map(TimelinePage::size).orElse("?"));
      cell(sample.file().map(TimelinePage::size).orElse("?"));
      cell(sample.swap().map(TimelinePage::size).orElse("?"));
      cell(sample.max().size().map(TimelinePage::size).orElse("max"));
      html.append("</tr>\n");
    }
    html.append("</table>\n</details>\n");
  }

  private static String size(ByteSize size) {
    return number(TimelineCurves.mib(size));
  }

  private void cell(String text) {
    html.append("<td>").append(text).append("</td>");
  }
}
