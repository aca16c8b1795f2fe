package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Samples in bounded memory. When it is full, each two neighbours become one that has the most of
 * each column, and from then on twice as many samples make a row. Not thread-safe.
 */
final class SampleBuffer {

  static final int AT = 0; // ns since the start; of a row of many, that of the first
  static final int CURRENT = 1;
  static final int ANON = 2;
  static final int FILE = 3;
  static final int SWAP = 4;
  static final int MAX = 5;
  static final int SOME = 6; // us in total
  static final int FULL = 7;
  static final int COLUMNS = 8;

  private final int capacity;
  private long[] rows = new long[64 * COLUMNS]; // most commands are short
  private int size;
  private int samplesInRow = 1;
  private int samplesInLast;

  /** For that many rows at most, an even number. */
  SampleBuffer(int capacity) {
    this.capacity = capacity;
  }

  /** A row in which nothing is known. */
  static long[] emptyRow() {
    long[] row = new long[COLUMNS];
    Arrays.fill(row, -1);
    return row;
  }

  void add(long[] row) {
    if (samplesInLast > 0 && samplesInLast < samplesInRow) {
      merge(size - 1, row, 0);
      samplesInLast++;
      return;
    }
    if (size == capacity) {
      halve();
    }
    if (size * COLUMNS == rows.length) {
      rows = Arrays.copyOf(rows, 2 * rows.length);
    }
    System.arraycopy(row, 0, rows, size * COLUMNS, COLUMNS);
    size++;
    samplesInLast = 1;
  }

  private void halve() {
    for (int to = 0; to < size / 2; to++) {
      System.arraycopy(rows, 2 * to * COLUMNS, rows, to * COLUMNS, COLUMNS);
      merge(to, rows, (2 * to + 1) * COLUMNS);
    }
    size /= 2;
    samplesInRow *= 2;
  }

  private void merge(int into, long[] from, int start) {
    int base = into * COLUMNS;
    for (int column = CURRENT; column < COLUMNS; column++) {
      rows[base + column] = Math.max(rows[base + column], from[start + column]);
    }
  }

  int size() {
    return size;
  }

  List<TimelineSample> samples() {
    List<TimelineSample> samples = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      samples.add(
          new TimelineSample(
              Duration.ofNanos(rows[i * COLUMNS + AT]),
              ByteSize.bytes(Math.max(0, rows[i * COLUMNS + CURRENT])),
              bytes(i, ANON),
              bytes(i, FILE),
              bytes(i, SWAP),
              bytes(i, MAX).map(Limit::of).orElse(Limit.none()),
              micros(i, SOME),
              micros(i, FULL)));
    }
    return List.copyOf(samples);
  }

  private Optional<ByteSize> bytes(int row, int column) {
    long value = rows[row * COLUMNS + column];
    return value < 0 ? Optional.empty() : Optional.of(ByteSize.bytes(value));
  }

  private Optional<Duration> micros(int row, int column) {
    long value = rows[row * COLUMNS + column];
    return value < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(value * 1000));
  }
}
