package io.github.oom4j.kmsg;

import io.github.oom4j.OomLogEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * The lines of a saved log as bytes, one after the other. Lines that can't matter never become
 * text.
 */
final class SavedLines {

  /** The longest line that is read; a record has at most 8192 bytes. */
  static final int LONGEST_LINE = 16_384;

  private final OomKillParser parser = new OomKillParser();
  private final Queue<OomLogEvent> found = new ArrayDeque<>();
  private byte[] previous = new byte[256];
  private int previousLength;

  /** Takes a line, without its line feed. */
  void accept(byte[] bytes, int from, int to) {
    int cut = Math.min(to, from + LONGEST_LINE);
    int end = cut > from && bytes[cut - 1] == '\r' ? cut - 1 : cut;
    boolean idle = parser.isIdle();
    if (idle && !OomLines.mentions(bytes, from, end)) {
      remember(bytes, from, end);
      return;
    }
    if (idle) {
      // A name with a newline in it begins on the line before.
      give(previous, 0, previousLength);
    }
    give(bytes, from, end - from);
    previousLength = 0;
  }

  private void remember(byte[] bytes, int from, int end) {
    previousLength = end - from;
    if (previous.length < previousLength) {
      previous = new byte[LONGEST_LINE];
    }
    System.arraycopy(bytes, from, previous, 0, previousLength);
  }

  private void give(byte[] bytes, int from, int length) {
    List<OomLogEvent> events =
        parser.eventsOfLine(new String(bytes, from, length, StandardCharsets.UTF_8));
    if (!events.isEmpty()) {
      found.addAll(events);
    }
  }

  /** Whether only a line that begins a report can have an effect. */
  boolean isIdle() {
    return parser.isIdle();
  }

  /** Whether an object of JSON is open: all of a log can be one line of it. */
  boolean isStructured() {
    return parser.isStructured();
  }

  /** The line before the next one is not known. */
  void skip() {
    previousLength = 0;
  }

  /** Takes the last message as complete, as a line with a prefix of its own shows it to be. */
  void endMessage() {
    found.addAll(parser.endMessage());
  }

  /** The log has ended. */
  void end() {
    found.addAll(parser.end());
  }

  /** The kills that are complete and were not taken yet. */
  Queue<OomLogEvent> found() {
    return found;
  }
}
