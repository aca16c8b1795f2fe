package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import java.util.Optional;

/** Reads a line from left to right, token by token. What does not fit is not consumed. */
final class Cursor {

  /** No number: none that is read is so far from 0. */
  static final long NONE = Long.MIN_VALUE;

  private final String text;
  private int at;

  Cursor(String text, int from) {
    this.text = text;
    this.at = from;
  }

  Cursor(String text) {
    this(text, 0);
  }

  int position() {
    return at;
  }

  String text(int from, int to) {
    return text.substring(from, to);
  }

  void backTo(int position) {
    at = position;
  }

  /** Whether the next character is one of these. */
  boolean startsWithAny(String characters) {
    return at < text.length() && characters.indexOf(text.charAt(at)) >= 0;
  }

  boolean atEnd() {
    return at == text.length();
  }

  /** The next character; NUL at the end. */
  char next() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  /** Whether a digit is next, or a word of three letters and a blank: no other begins a date. */
  boolean mayStartWithTime() {
    char first = next();
    return (first >= '0' && first <= '9')
        || (first >= 'A' && first <= 'W' && at + 3 < text.length() && text.charAt(at + 3) == ' ');
  }

  /** Whether that word is next. */
  boolean startsWith(String word) {
    return text.startsWith(word, at);
  }

  String rest() {
    return text.substring(at);
  }

  boolean skip(String word) {
    if (!text.startsWith(word, at)) {
      return false;
    }
    at += word.length();
    return true;
  }

  boolean skipAny(String... words) {
    for (String word : words) {
      if (skip(word)) {
        return true;
      }
    }
    return false;
  }

  void skipBlanks() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  /** Everything up to the next such character, or to the end. */
  String upTo(char stop) {
    return upTo(stop, text.length());
  }

  /** The same, of at most that many characters. */
  String upTo(char stop, int most) {
    int from = at;
    while (at < text.length() && at - from < most && text.charAt(at) != stop) {
      at++;
    }
    return text.substring(from, at);
  }

  /** Skips what is not a blank, at most that many characters; false if that is nothing. */
  boolean skipWord(int most) {
    int from = at;
    while (at < text.length() && at - from < most && text.charAt(at) != ' ') {
      at++;
    }
    return at > from;
  }

  /** A decimal number of 0 or more, or -1 if there is none here. Too large ones are 2^63-1. */
  long number() {
    int from = at;
    long value = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      int digit = text.charAt(at++) - '0';
      value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
    }
    return at == from ? -1 : value;
  }

  /** Whether all that is left is a number. */
  boolean isNumberToTheEnd() {
    int from = at;
    boolean number = signedNumber().isPresent() && atEnd();
    at = from;
    return number;
  }

  /** A PID or another number that fits an int, or -1. */
  int smallNumber() {
    int from = at;
    long value = number();
    if (value > Integer.MAX_VALUE) {
      at = from;
      return -1;
    }
    return (int) value;
  }

  /** A number with an optional minus sign, or empty. */
  Optional<Long> signedNumber() {
    long value = signedOrNone();
    return value == NONE ? Optional.empty() : Optional.of(value);
  }

  /** The same without an object for each number of a table; {@link #NONE} if there is none. */
  long signedOrNone() {
    int from = at;
    boolean minus = skip("-");
    long value = number();
    if (value < 0) {
      at = from;
      return NONE;
    }
    return minus ? -value : value;
  }

  /** A number and {@code kB}; -1 if that is not here. */
  long kibibytes() {
    int from = at;
    long value = number();
    if (value >= 0 && skip("kB")) {
      return value;
    }
    at = from;
    return -1;
  }

  /** {@code <key><n>kB}, or -1 if that is not here. */
  long kibibytes(String key) {
    int from = at;
    if (skip(key)) {
      long value = kibibytes();
      if (value >= 0) {
        return value;
      }
      at = from;
    }
    return -1;
  }

  /** A size in KiB as a value; empty if it is negative or too large to be one. */
  static Optional<ByteSize> size(long kibibytes) {
    return kibibytes < 0 || kibibytes > Long.MAX_VALUE >> 10
        ? Optional.empty()
        : Optional.of(ByteSize.kibibytes(kibibytes));
  }
}
