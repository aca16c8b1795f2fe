package io.github.oom4j.kmsg;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** The bytes of one {@code /dev/kmsg} record: {@code prio,seq,usec,flag[,key=value...];text}. */
final class RawRecord {

  /** The largest prio: a facility of 8 bits, above 3 bits of level. */
  private static final long MAX_PRIO = (0xff << 3) | 7;

  private RawRecord() {}

  static Optional<KmsgRecord> parse(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int end = offset + length;
    int at = offset;
    long[] numbers = new long[3];
    for (int i = 0; i < 3; i++) {
      int comma = endOfDigits(bytes, at, end);
      if (comma == at || comma == end || bytes[comma] != ',') {
        return Optional.empty();
      }
      numbers[i] = number(bytes, at, comma);
      at = comma + 1;
    }
    if (at >= end || numbers[0] > MAX_PRIO || numbers[0] < 0 || numbers[1] < 0 || numbers[2] < 0) {
      return Optional.empty();
    }
    char flag = (char) (bytes[at] & 0xff);
    int text = endOfHeader(bytes, at, end);
    if (flag <= ' ' || flag >= 0x7f || flag == ';' || text < 0) {
      return Optional.empty();
    }
    int textEnd = text;
    while (textEnd < end && bytes[textEnd] != '\n') {
      textEnd++;
    }
    String keys = new String(bytes, at, text - 1 - at, StandardCharsets.ISO_8859_1);
    return Optional.of(
        new KmsgRecord(
            (int) numbers[0] >> 3,
            (int) numbers[0] & 7,
            numbers[1],
            Duration.ofSeconds(numbers[2] / 1_000_000, numbers[2] % 1_000_000 * 1000),
            flag,
            caller(keys),
            Escapes.decode(bytes, text, textEnd)));
  }

  /**
   * Whether a record could open a report or be a kill: it was written by the kernel and starts like
   * such a line. Decides without allocating anything.
   */
  static boolean concernsOom(byte[] bytes, int offset, int length) {
    int end = offset + length;
    // Facility 0 means prio 0 to 7: one digit.
    if (length < 8 || bytes[offset + 1] != ',') {
      return false;
    }
    int text = endOfHeader(bytes, offset, end);
    return text >= 0 && OomLines.opens(bytes, text, end);
  }

  /** The record's sequence number, or -1. */
  static long sequence(byte[] bytes, int offset, int length) {
    return numberAt(bytes, endOfDigits(bytes, offset, offset + length) + 1, offset + length);
  }

  /** The record's time in microseconds, or -1. */
  static long micros(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int second = endOfDigits(bytes, offset, end) + 1;
    return second > end ? -1 : numberAt(bytes, endOfDigits(bytes, second, end) + 1, end);
  }

  private static long numberAt(byte[] bytes, int from, int end) {
    int to = from < end ? endOfDigits(bytes, from, end) : from;
    return to > from && to < end && bytes[to] == ',' ? number(bytes, from, to) : -1;
  }

  private static Optional<String> caller(String keys) {
    int at = keys.indexOf(",caller=");
    if (at < 0) {
      return Optional.empty();
    }
    int from = at + ",caller=".length();
    int to = keys.indexOf(',', from);
    return Optional.of(keys.substring(from, to < 0 ? keys.length() : to));
  }

  private static int endOfDigits(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at;
  }

  /** The number, or -1 when it does not fit a long. */
  private static long number(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Where the text starts: behind the first semicolon. -1 without one. */
  private static int endOfHeader(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == ';') {
        return i + 1;
      }
      if (bytes[i] == '\n') {
        return -1;
      }
    }
    return -1;
  }
}
