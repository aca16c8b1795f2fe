package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KmsgRecordTest {

  private static KmsgRecord record(String text) {
    return KmsgRecord.parse(text).orElseThrow();
  }

  @Test
  void readsEveryField() {
    assertThat(record("30,1234,5678901,-,caller=T42;hello; world\n SUBSYSTEM=acpi\n"))
        .isEqualTo(
            new KmsgRecord(
                3,
                6,
                1234,
                Duration.ofNanos(5_678_901_000L),
                '-',
                Optional.of("T42"),
                "hello; world"));
  }

  @Test
  void keysThatAreNotKnownAreSkipped() {
    assertThat(record("6,1,2,-,zone=7,caller=C3,more=1;x").caller()).contains("C3");
    assertThat(record("6,1,2,-,zone=7;x").caller()).isEmpty();
  }

  @Test
  void tellsTheKernelFromUserSpace() {
    assertThat(record("3,1,2,-;x").fromKernel()).isTrue();
    assertThat(record("11,1,2,-;x").fromKernel()).isFalse();
    assertThat(record("11,1,2,-;x").facility()).isEqualTo(1);
  }

  @Test
  void tellsFragments() {
    assertThat(record("4,1,2,c;x").isFragment()).isTrue();
    assertThat(record("4,1,2,+;x").isFragment()).isTrue();
    assertThat(record("4,1,2,-;x").isFragment()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "a\\x0ab, \"a\nb\"",
        "\\xc3\\xa9t\\xc3\\xa9, été",
        "back\\x5cslash, back\\slash",
        "bad\\xff, bad\uFFFD",
        "cut\\, cut",
        "cut\\x, cut",
        "cut\\x4, cut",
        "odd\\q, odd\\q",
        "odd\\xzz, odd\\xzz",
      })
  void undoesEscapes(String escaped, String text) {
    assertThat(record("6,1,2,-;" + escaped).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "6",
        "6,1,2,-",
        "6,1,2;x",
        "6,1,2,;x",
        ",1,2,-;x",
        "6,,2,-;x",
        "6,1,,-;x",
        "x,1,2,-;x",
        "-6,1,2,-;x",
        "6,1,2,-\n;x",
        "9999999999999999999999,1,2,-;x",
        "6,9999999999999999999999,2,-;x",
        "6,1,9999999999999999999999,-;x",
        " 6,1,2,-;x"
      })
  void whatIsNoRecordIsEmpty(String text) {
    assertThat(KmsgRecord.parse(text)).isEmpty();
  }

  @Test
  void readsFromTheMiddleOfABuffer() {
    byte[] bytes = "junk6,1,2,-;hello\njunk".getBytes(StandardCharsets.UTF_8);
    assertThat(KmsgRecord.parse(bytes, 4, 14).orElseThrow().text()).isEqualTo("hello");
    assertThat(KmsgRecord.parse(bytes, 4, 10).orElseThrow().text()).isEqualTo("he");
    assertThatThrownBy(() -> KmsgRecord.parse(bytes, 20, 10))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
