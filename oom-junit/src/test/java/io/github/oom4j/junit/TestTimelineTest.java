package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestTimelineTest {

  private static final String TEST =
      "[engine:junit-jupiter]/[class:org.x.ImporterTest]/[method:theImporterFits()]";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        TEST + "|org.x.ImporterTest.theImporterFits.html",
        "[engine:junit-jupiter]/[class:A]/[nested-class:B]/[test-template:t(int, java.lang.String)]"
            + "/[test-template-invocation:#3]|A.B.t_int_java.lang.String_._3.html",
        "[engine:junit-jupiter]/[class:A]/[method:../../etc()]|A..._.._etc.html",
        "nonsense|nonsense.html"
      })
  void theFileIsNamedAsTheTest(String uniqueId, String file) {
    assertThat(TestTimeline.fileName(uniqueId)).isEqualTo(file);
  }

  @Test
  void aLongNameIsCutAndStaysUnique() {
    String one = TestTimeline.fileName(TEST + "/[x:" + "a".repeat(400) + "1]");
    String other = TestTimeline.fileName(TEST + "/[x:" + "a".repeat(400) + "2]");

    assertThat(one).hasSizeLessThan(200).isNotEqualTo(other);
  }

  @Test
  void namesOfOtherAlphabetsStayApart() {
    String one = TestTimeline.fileName(TEST + "/[method:\u043f\u0430\u043c\u044f\u0442\u044c()]");
    String other = TestTimeline.fileName(TEST + "/[method:\u5185\u5b58()]");

    assertThat(one).matches("[!-~]+").isNotEqualTo(other);
    assertThat(other).matches("[!-~]+");
  }

  @Test
  void withoutADirectoryItGoesToTheBuildFolderIfTheTestFails() {
    TestTimeline timeline = TestTimeline.of(TEST, "it fits", Optional.empty());

    assertThat(timeline.always()).isFalse();
    assertThat(timeline.file())
        .endsWithRaw(Path.of("oom4j-timelines", "org.x.ImporterTest.theImporterFits.html"));
  }

  @Test
  void inADirectoryEveryBoxHasAFile() {
    TestTimeline timeline = TestTimeline.of(TEST, "it fits", Optional.of("reports"));
    Path first = Path.of("reports/org.x.ImporterTest.theImporterFits.html");
    Path third = Path.of("reports/org.x.ImporterTest.theImporterFits-3.html");

    assertThat(timeline).isEqualTo(new TestTimeline(first, "it fits", true));
    assertThat(timeline.numbered(1)).isSameAs(timeline);
    assertThat(timeline.numbered(3)).isEqualTo(new TestTimeline(third, "it fits, box 3", true));
  }
}
