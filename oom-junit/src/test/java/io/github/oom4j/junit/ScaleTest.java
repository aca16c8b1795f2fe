package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {

  @ParameterizedTest
  @CsvSource({
    "200, 6, '0 50 100 150 200'",
    "120, 6, '0 20 40 60 80 100 120'",
    "60.8, 10, '0 10 20 30 40 50 60'",
    "0.0231, 10, '0.000 0.005 0.010 0.015 0.020'",
    "1, 10, '0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0'",
    "2.5, 6, '0.0 0.5 1.0 1.5 2.0 2.5'",
    "65536, 6, '0 20000 40000 60000'"
  })
  void ticksAreRoundAndNotTooMany(double most, int steps, String expected) {
    assertThat(new Scale(most, 0, 1).ticks(steps).stream().map(BigDecimal::toPlainString))
        .containsExactly(expected.split(" ", -1));
  }
}
