package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleBufferTest {

  private static long[] row(long at, long current, long swap) {
    long[] row = SampleBuffer.emptyRow();
    row[SampleBuffer.AT] = at;
    row[SampleBuffer.CURRENT] = current;
    row[SampleBuffer.SWAP] = swap;
    return row;
  }

  @Test
  void keepsEverySampleUntilItIsFull() {
    SampleBuffer buffer = new SampleBuffer(8);
    for (int i = 0; i < 8; i++) {
      buffer.add(row(i, 100 + i, -1));
    }

    assertThat(buffer.samples())
        .extracting(sample -> sample.current().bytes())
        .containsExactly(100L, 101L, 102L, 103L, 104L, 105L, 106L, 107L);
    assertThat(buffer.samples()).allSatisfy(sample -> assertThat(sample.swap()).isEmpty());
  }

  /** Wherever a spike of one sample is, it stays. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 500, 12_345, 99_999})
  void neverForgetsAMaximumHoweverLongItLasts(int spike) {
    SampleBuffer buffer = new SampleBuffer(8);
    for (int i = 0; i < 100_000; i++) {
      buffer.add(row(i, i == spike ? 1_000_000 : 10, i == spike ? 5 : 0));
    }

    List<TimelineSample> samples = buffer.samples();
    assertThat(samples).hasSizeBetween(4, 8);
    assertThat(samples)
        .isSortedAccordingTo(Comparator.comparing(TimelineSample::at))
        .filteredOn(sample -> sample.current().bytes() == 1_000_000)
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.swap()).hasValue(ByteSize.bytes(5));
              assertThat(sample.at()).isLessThanOrEqualTo(Duration.ofNanos(spike));
            });
    assertThat(samples.get(0).at()).isZero();
  }

  @Test
  void rowsStandForEqualTimes() {
    SampleBuffer buffer = new SampleBuffer(8);
    for (int i = 0; i < 64; i++) {
      buffer.add(row(i, i, 0));
    }

    assertThat(buffer.samples())
        .extracting(sample -> sample.at().toNanos())
        .containsExactly(0L, 8L, 16L, 24L, 32L, 40L, 48L, 56L);
    assertThat(buffer.samples())
        .extracting(sample -> sample.current().bytes())
        .containsExactly(7L, 15L, 23L, 31L, 39L, 47L, 55L, 63L);
  }
}
