package io.github.oom4j.junit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where a value is on an axis that starts at 0, and which round values to write beside it.
 *
 * @param most the value at the end of the axis, more than 0
 * @param from the coordinate of 0
 * @param to the coordinate of {@code most}
 */
record Scale(double most, double from, double to) {

  double at(double value) {
    return from + Math.min(1, Math.max(0, value / most)) * (to - from);
  }

  /** Multiples of 1, 2 or 5 times a power of ten, that many steps at most. */
  List<BigDecimal> ticks(int steps) {
    BigDecimal step = step(steps);
    List<BigDecimal> ticks = new ArrayList<>();
    for (int i = 0; step.doubleValue() * i <= most * 1.0001; i++) {
      ticks.add(step.multiply(BigDecimal.valueOf(i)));
    }
    return ticks;
  }

  private BigDecimal step(int steps) {
    int magnitude = (int) Math.floor(Math.log10(most / steps));
    for (int unscaled : new int[] {1, 2, 5, 10}) {
      BigDecimal step = BigDecimal.valueOf(unscaled).scaleByPowerOfTen(magnitude);
      if (step.doubleValue() * steps >= most * 0.9999) {
        return step.setScale(Math.max(0, -magnitude), RoundingMode.UNNECESSARY);
      }
    }
    throw new AssertionError(this);
  }

  /** A coordinate, to a tenth of a pixel. */
  static String px(double coordinate) {
    String text = String.format(Locale.ROOT, "%.1f", coordinate);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
