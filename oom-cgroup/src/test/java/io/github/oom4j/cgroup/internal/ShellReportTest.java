package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What several shells wrote to one pipe. */
class ShellReportTest {

  private static ShellReport of(String text) {
    return new ShellReport(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Optional<String> next(ShellReport report, String shell) {
    return report.await(shell, line -> line.matches("[A-Z]"), () -> false, Duration.ZERO);
  }

  @Test
  void eachHearsItsOwn() {
    ShellReport report = of("b: 2: no such file\na J\nc J\nb E\nb");
    report.listenTo("a");
    report.listenTo("b");

    assertThat(next(report, "b")).contains("E");
    assertThat(report.said("b")).isEqualTo("2: no such file");
    assertThat(next(report, "a")).contains("J");
    assertThat(next(report, "a")).isEmpty();
    assertThat(report.said("a")).isEmpty();
  }

  /** dash prints an error in three pieces, busybox in four. */
  @Test
  void aLineAmidTheErrorOfAnotherIsHeard() {
    ShellReport report = of("aa: 2: b J\necho: I/O error\naa: 3: b: 2: aa E\nno\nno\n");
    report.listenTo("aa");
    report.listenTo("b");

    assertThat(next(report, "b")).contains("J");
    assertThat(next(report, "aa")).contains("E");
    assertThat(report.said("aa")).startsWith("2: ");
  }

  @Test
  void whoIsIgnoredIsForgotten() {
    ShellReport report = of("a J\na J\n");
    report.listenTo("a");
    assertThat(next(report, "a")).contains("J");
    report.ignore("a");
    assertThat(next(report, "a")).isEmpty();
    report.listenTo("a");
    assertThat(next(report, "a")).isEmpty();
  }

  @Test
  void whatNeverEndsIsDropped() {
    ShellReport report = of("a " + "x".repeat(100_000) + "\na J");
    report.listenTo("a");

    assertThat(next(report, "a")).isEmpty();
  }
}
