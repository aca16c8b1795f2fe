package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the page; that it is pleasant to look at, only eyes can tell. */
class TimelinePageTest {

  private static final Pattern TOKEN =
      Pattern.compile(
          "</(?<close>\\w+)>|<(?<tag>\\w+)(?<attributes>(?: [\\w-]+=\"[^\"<>]*\")*)(?<empty>/?)>"
              + "|(?<text>[^<>]+)");

  private static final Limit LIMIT = Limit.of(ByteSize.mebibytes(200));

  private static TimelineSample sample(int millis, long current, long swap, Limit limit) {
    return new TimelineSample(
        Duration.ofMillis(millis),
        ByteSize.mebibytes(current),
        Optional.of(ByteSize.mebibytes(current / 2)),
        Optional.of(ByteSize.mebibytes(current / 4)),
        Optional.of(ByteSize.mebibytes(swap)),
        limit,
        Optional.of(Duration.ofMillis(millis / 4)),
        Optional.of(Duration.ofMillis(millis / 8)));
  }

  private static MemoryTimeline timeline(
      List<TimelineSample> samples, List<Duration> kills, Optional<ByteSize> peak) {
    Duration length = samples.isEmpty() ? Duration.ZERO : samples.get(samples.size() - 1).at();
    return new MemoryTimeline(
        "it's <b>bold</b> & \"sharp\"\u0007",
        Instant.EPOCH,
        length,
        samples,
        kills,
        peak,
        Optional.empty());
  }

  private static MemoryTimeline climb(int count) {
    List<TimelineSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(sample(10 * i, 200L * i / Math.max(1, count - 1), 0, LIMIT));
    }
    return timeline(samples, List.of(), Optional.empty());
  }

  /** An element without children: its attributes as written, and its text. */
  private record Element(String tag, String attributes, String text) {

    String attribute(String name) {
      Matcher matcher = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(attributes);
      return matcher.find() ? matcher.group(1) : "";
    }
  }

  /** The elements of the chart; fails if tags do not match or text is not quoted. */
  private static List<Element> chart(String page) {
    int start = page.indexOf("<svg role");
    String svg = page.substring(start, page.indexOf("</svg>", start) + 6);
    Deque<Element> open = new ArrayDeque<>();
    List<Element> closed = new ArrayList<>();
    Matcher token = TOKEN.matcher(svg);
    int end = 0;
    for (; token.find() && token.start() == end; end = token.end()) {
      if (token.group("close") != null) {
        Element element = open.pop();
        assertThat(token.group("close")).isEqualTo(element.tag());
        closed.add(element);
      } else if (token.group("text") != null) {
        if (!token.group("text").isBlank()) {
          Element element = open.pop();
          open.push(new Element(element.tag(), element.attributes(), token.group("text")));
        }
      } else {
        Element element = new Element(token.group("tag"), token.group("attributes"), "");
        if (token.group("empty").isEmpty()) {
          open.push(element);
        } else {
          closed.add(element);
        }
      }
    }
    assertThat(svg.substring(end)).isEmpty();
    assertThat(open).isEmpty();
    return closed;
  }

  private static List<Element> elements(List<Element> chart, String tag, String style) {
    return chart.stream()
        .filter(element -> element.tag().equals(tag))
        .filter(element -> List.of(element.attribute("class").split(" ", -1)).contains(style))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 479, 480, 481, 4096})
  void anyNumberOfSamplesIsAChartOfBoundedSize(int count) {
    String page = climb(count).toHtml();

    assertThat(chart(page).get(chart(page).size() - 1).attribute("role")).isEqualTo("img");
    assertThat(page).doesNotContain("NaN", "Infinity", "null");
    assertThat(page.length()).isLessThan(100_000);
  }

  @Test
  void theCurveEndsAtTheLimitLine() {
    List<Element> chart = chart(climb(21).toHtml());

    String limit = elements(chart, "path", "limit").get(0).attribute("d");
    String curve = elements(chart, "path", "current").get(0).attribute("d");
    assertThat(limit).isEqualTo("M72 52" + "H72V52" + steps(limit) + "H940");
    assertThat(curve).startsWith("M72 380").endsWith("L940 52");
    assertThat(elements(chart, "text", "limit-label").get(0).text())
        .isEqualTo("memory.max 200 MiB");
  }

  private static String steps(String limit) {
    return limit.substring("M72 52H72V52".length(), limit.length() - "H940".length());
  }

  @Test
  void aLimitThatIsChangedMeanwhileIsAStep() {
    Limit half = Limit.of(ByteSize.mebibytes(100));
    MemoryTimeline timeline =
        timeline(
            List.of(sample(0, 50, 0, LIMIT), sample(500, 50, 0, half), sample(1000, 50, 0, half)),
            List.of(),
            Optional.empty());

    assertThat(elements(chart(timeline.toHtml()), "path", "limit").get(0).attribute("d"))
        .isEqualTo("M72 52H72V52H506V216H940V216H940");
  }

  @Test
  void aLimitFarAboveDoesNotPressTheCurveToTheGround() {
    Limit far = Limit.of(ByteSize.gibibytes(8));
    List<Element> chart =
        chart(
            timeline(
                    List.of(sample(0, 10, 0, far), sample(10, 100, 0, far)),
                    List.of(),
                    Optional.empty())
                .toHtml());

    assertThat(elements(chart, "text", "limit-label").get(0).text())
        .contains("8192 MiB", "far above");
    assertThat(elements(chart, "path", "current").get(0).attribute("d")).endsWith(" 117.6");
  }

  @Test
  void killsAreMarkedWhereTheyWereSeen() {
    MemoryTimeline timeline = climb(101);
    Duration at = Duration.ofMillis(500);
    List<Element> chart =
        chart(timeline(timeline.samples(), List.of(at, at), Optional.empty()).toHtml());

    assertThat(elements(chart, "path", "kill")).hasSize(1);
    assertThat(elements(chart, "path", "kill").get(0).attribute("d")).startsWith("M506 ");
    assertThat(elements(chart, "path", "cross")).hasSize(1);
    assertThat(elements(chart, "text", "kill-label").get(0).text()).isEqualTo("2 OOM kills");
  }

  @Test
  void swapAndPressureAreThereOnlyIfThereWasAny() {
    MemoryTimeline with =
        timeline(
            List.of(sample(0, 100, 0, LIMIT), sample(400, 100, 50, LIMIT)),
            List.of(),
            Optional.empty());
    TimelineSample calm = sample(0, 100, 0, LIMIT);
    MemoryTimeline without = timeline(List.of(calm, calm), List.of(), Optional.empty());

    assertThat(elements(chart(with.toHtml()), "path", "swap")).hasSize(1);
    assertThat(elements(chart(with.toHtml()), "path", "some").get(0).attribute("d"))
        .isEqualTo("M72 500V500H72V485H940V500Z");
    assertThat(elements(chart(without.toHtml()), "path", "swap")).isEmpty();
    assertThat(elements(chart(without.toHtml()), "path", "some")).isEmpty();
    assertThat(without.toHtml()).contains("No time was lost for want of memory (PSI).");
  }

  @Test
  void aPeakBetweenSamplesIsShown() {
    MemoryTimeline timeline =
        timeline(
            List.of(sample(0, 10, 0, LIMIT), sample(10, 20, 0, LIMIT)),
            List.of(),
            Optional.of(ByteSize.mebibytes(90)));

    assertThat(elements(chart(timeline.toHtml()), "path", "peak")).hasSize(1);
    assertThat(timeline.toHtml()).contains("peak 90 MiB");
  }

  @Test
  void thePageNeedsNothingElseAndQuotesWhatItIsTold() {
    String page = climb(10).toHtml();

    assertThat(page)
        .contains("it's &lt;b&gt;bold&lt;/b&gt; &amp; &quot;sharp&quot;?")
        .contains("prefers-color-scheme: dark")
        .doesNotContain("<script", "<link", "@import", "url(", "<b>bold")
        .doesNotContainPattern("(?:src|href)=");
  }

  @Test
  void foldersAreMade(@TempDir Path dir) throws Exception {
    Path file = climb(10).writeHtml(dir.resolve("a/b/page.html"));

    assertThat(Files.readString(file)).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
  }
}
