package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "4096B, 4096",
    "1K, 1024",
    "200M, 209715200",
    "200Mi, 209715200",
    "1.5G, 1610612736",
    "0.5K, 512",
    "1.0009765625K, 1025",
    "2T, 2199023255552",
    "1P, 1125899906842624",
    "7E, 8070450532247928832",
    "9223372036854775807, 9223372036854775807"
  })
  void readsWhatSystemdReads(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(ByteSize.bytes(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "M", "-1", "-200M", "+5", "200X", "200m", "200MB", "200 M", "0x10", "1e9", "1.M",
        ".5G", "max", "٣M", "200M\n"
      })
  void refusesWhatIsNoSizeAndQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"8E", "9223372036854775808", "99999999999999999999999G", "8191.99999999P0"})
  void refusesOverflowAndQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  @Test
  void refusesAnEndlessNumberAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse("9".repeat(1_000_000)))
        .withMessageContaining("99...");
  }

  @Test
  void isNeverNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.bytes(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.mebibytes(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.gibibytes(1L << 33));
    assertThat(ByteSize.bytes(3).minusOrZero(ByteSize.bytes(5))).isEqualTo(ByteSize.ZERO);
  }

  @Test
  void addsWithoutWrappingAround() {
    assertThat(ByteSize.mebibytes(1).plus(ByteSize.kibibytes(1)))
        .isEqualTo(ByteSize.bytes(1049600));
    assertThatThrownBy(() -> ByteSize.bytes(Long.MAX_VALUE).plus(ByteSize.bytes(1)))
        .isInstanceOf(ArithmeticException.class);
  }

  /** The fixture is what procps 4.0.2 printed when meminfo held these numbers of kB. */
  @Test
  void printsWhatFreePrintsToTheCharacter() throws IOException {
    assertThat(Fixture.text("free-sizes.txt").lines())
        .hasSizeGreaterThan(500)
        .allSatisfy(
            line -> {
              String[] pair = line.split(" ", -1);
              assertThat(ByteSize.kibibytes(Long.parseLong(pair[0]))).hasToString(pair[1]);
            });
  }

  @Test
  void whatItPrintsCanBeReadAgainNearEnough() throws IOException {
    assertThat(Fixture.text("free-sizes.txt").lines())
        .allSatisfy(
            line -> {
              String[] pair = line.split(" ", -1);
              double bytes = 1024.0 * Long.parseLong(pair[0]);
              assertThat((double) ByteSize.parse(pair[1]).bytes())
                  .isBetween(bytes * 0.9, bytes * 1.1);
            });
  }

  @Test
  void limitsKnowTheirWordForNone() {
    assertThat(Limit.parse("max")).isEqualTo(Limit.none()).isEqualTo(Limit.parse("infinity"));
    assertThat(Limit.parse("64M")).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
    assertThat(Limit.ofKibibytes(9007199254740988L)).isEqualTo(Limit.none());
    assertThat(Limit.none().min(Limit.parse("1M"))).isEqualTo(Limit.parse("1M"));
    assertThat(Limit.parse("2M").min(Limit.parse("1M"))).isEqualTo(Limit.parse("1M"));
    assertThat(Limit.none().min(Limit.none()).isNone()).isTrue();
    assertThat(Limit.none()).hasToString("max");
  }
}
