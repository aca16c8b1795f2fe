package io.github.oom4j.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static final byte[] REPORT =
      """
      <testsuite name="x" tests="4">
        <testcase name="passes()" classname="a.b.OneIT" time="0.1"/>
        <testcase name="fails()" classname="a.b.OneIT"><failure message="no&#10;at x"/></testcase>
        <testcase name="breaks()" classname="a.b.OneIT"><error type="E"/></testcase>
        <testcase name="waits()" classname="a.b.OneIT"><skipped><![CDATA[PSI: none]]></skipped>
        </testcase>
      </testsuite>
      """
          .getBytes(StandardCharsets.UTF_8);

  @Test
  void readsWhatSurefireAndTheConsoleLauncherWrite() throws IOException {
    assertThat(TestReport.parse(REPORT))
        .containsExactly(
            new TestReport("OneIT.passes", TestReport.Outcome.PASSED, ""),
            new TestReport("OneIT.fails", TestReport.Outcome.FAILED, "no\n  at x"),
            new TestReport("OneIT.breaks", TestReport.Outcome.FAILED, "(no reason given)"),
            new TestReport("OneIT.waits", TestReport.Outcome.SKIPPED, "PSI: none"));
  }

  @Test
  void tellsWhatWasSkippedWhyAndEndsWithTheTotals() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    boolean green =
        Summary.print(
            Map.of("uml/root", TestReport.parse(REPORT)),
            new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(green).isFalse();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .containsPattern("uml/root +3 +1 +2 +1")
        .contains("skipped on uml/root: PSI: none\n    OneIT.waits\n")
        .endsWith("\n1 passed, 2 failed, 1 skipped\n");
  }

  @Test
  void aPlaceThatRanNothingIsNotGreen() {
    assertThat(
            Summary.print(
                Map.of("uml/user", List.of()),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)))
        .isFalse();
  }

  @Test
  void garbageIsNotAReport() {
    assertThatThrownBy(() -> TestReport.parse(new byte[] {'x'})).isInstanceOf(IOException.class);
  }
}
