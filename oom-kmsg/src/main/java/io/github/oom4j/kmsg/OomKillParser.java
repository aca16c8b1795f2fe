package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns records or lines of a kernel log into OOM kills. A push parser for loops of your own: no
 * I/O, no thread, no clock.
 *
 * <pre>{@code
 * OomKillParser parser = new OomKillParser();
 * for (KmsgRecord record : records) {
 *   parser.accept(record).forEach(kill -> System.out.println(kill.explain()));
 * }
 * parser.flush().forEach(kill -> System.out.println(kill.explain()));
 * }</pre>
 *
 * <p>Every {@code Killed process} line is one event, with the report before it or without. Whether
 * it began the kill of a whole cgroup is said only afterwards, so a kill is held back until the
 * next line about an OOM, for at most 16 records, or until {@link #flush()}. Call that when the log
 * has nothing more to say for the moment. The first victim of a group, which the kernel prints
 * twice, is returned once.
 *
 * <p>Any input is allowed and none makes it throw: what is not about an OOM is skipped; lines are
 * matched whole, so that a name that looks like a message is not taken for one. Records with
 * another facility than the kernel's are ignored. Memory is bounded, whatever comes in: one open
 * report of at most 16,384 records and 32 MiB, the last one that was told, and one message of at
 * most 16 KiB. A real report takes some 100 KiB.
 *
 * <p>Events of records are {@link OomKillEvent#trusted()}: whoever calls {@code accept} vouches
 * that they come from {@code /dev/kmsg}. Events of lines never are.
 *
 * <p>Reading a record that is not about an OOM allocates nothing while no report is open. Not
 * thread-safe.
 */
public final class OomKillParser {

  private final ReportReader reports = new ReportReader();
  private final TextLog text = new TextLog(reports);

  /** A parser that has seen nothing yet. */
  public OomKillParser() {}

  /**
   * Takes one record of {@code /dev/kmsg}.
   *
   * @param record the record
   * @return the kills that are complete now, mostly none
   */
  public List<OomKillEvent> accept(KmsgRecord record) {
    return kills(events(record));
  }

  /**
   * Takes one record of {@code /dev/kmsg}, as {@link #accept(KmsgRecord)} does, and returns all
   * that the OOM killer said.
   *
   * @param record the record
   * @return the events that are complete now, mostly none
   */
  public List<OomLogEvent> events(KmsgRecord record) {
    take(record, Optional.empty());
    return reports.take();
  }

  private void take(KmsgRecord record, Optional<Instant> wallClock) {
    if (record.fromKernel()) {
      reports.accept(LogLine.of(record, wallClock, true));
    } else {
      reports.pass(record.sequence());
    }
  }

  /**
   * Takes one record of {@code /dev/kmsg} as read(2) returned it. Bytes that are not a record are
   * skipped.
   *
   * @param bytes holds the record
   * @param offset where it starts
   * @param length how many bytes it has
   * @return the kills that are complete now, mostly none
   * @throws IndexOutOfBoundsException if offset and length do not lie within the array
   */
  public List<OomKillEvent> accept(byte[] bytes, int offset, int length) {
    return accept(bytes, offset, length, Optional.empty());
  }

  List<OomKillEvent> accept(byte[] bytes, int offset, int length, Optional<Instant> wallClock) {
    return kills(events(bytes, offset, length, wallClock));
  }

  /**
   * Takes one record of {@code /dev/kmsg} as read(2) returned it, as {@link #accept(byte[], int,
   * int)} does, and returns all that the OOM killer said.
   *
   * @param bytes holds the record
   * @param offset where it starts
   * @param length how many bytes it has
   * @return the events that are complete now, mostly none
   * @throws IndexOutOfBoundsException if offset and length do not lie within the array
   */
  public List<OomLogEvent> events(byte[] bytes, int offset, int length) {
    return events(bytes, offset, length, Optional.empty());
  }

  List<OomLogEvent> events(byte[] bytes, int offset, int length, Optional<Instant> wallClock) {
    if (ignores(bytes, offset, length)) {
      return List.of();
    }
    RawRecord.parse(bytes, offset, length).ifPresent(record -> take(record, wallClock));
    return reports.take();
  }

  /**
   * Takes one line of a text log: dmesg in its formats, syslog, journalctl -k, or a raw record;
   * told apart by the line itself.
   *
   * @param line the line, without its line break
   * @return the kills that are complete now, mostly none
   */
  public List<OomKillEvent> acceptLine(String line) {
    return kills(eventsOfLine(line));
  }

  /**
   * Takes one line of a text log, as {@link #acceptLine(String)} does, and returns all that the OOM
   * killer said.
   *
   * @param line the line, without its line break
   * @return the events that are complete now, mostly none
   */
  public List<OomLogEvent> eventsOfLine(String line) {
    text.accept(line);
    return reports.take();
  }

  /**
   * Ends what is held back: call it at the end of a log, and when a live log pauses.
   *
   * @return the kills that are complete now
   */
  public List<OomKillEvent> flush() {
    return kills(flushEvents());
  }

  /**
   * Ends what is held back, as {@link #flush()} does, and returns all that the OOM killer said. An
   * open report stays open.
   *
   * @return the events that are complete now
   */
  public List<OomLogEvent> flushEvents() {
    text.flush();
    reports.flush();
    return reports.take();
  }

  /** Records were lost directly before the next one. */
  void gap() {
    reports.gap();
  }

  /** Takes the last line as complete: what is held back stays so. */
  List<OomLogEvent> endMessage() {
    text.complete();
    return reports.take();
  }

  /** The log has ended: a report that is open will have no end. */
  List<OomLogEvent> end() {
    text.flush();
    reports.end();
    return reports.take();
  }

  private static List<OomKillEvent> kills(List<OomLogEvent> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    return kills(events.stream()).toList();
  }

  static Stream<OomKillEvent> kills(Stream<OomLogEvent> events) {
    return events.filter(OomKillEvent.class::isInstance).map(OomKillEvent.class::cast);
  }

  /** Whether a record can't matter now; decides without allocating anything. */
  boolean ignores(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return isIdle() && !RawRecord.concernsOom(bytes, offset, length);
  }

  /** Whether nothing is open: then only a line that begins a report can have an effect. */
  boolean isIdle() {
    return reports.isIdle() && text.isIdle();
  }

  /** Whether an object of JSON is open, which may go on for long. */
  boolean isStructured() {
    return text.isStructured();
  }

  /** Whether a kill is held back. */
  boolean isHolding() {
    return reports.isHolding();
  }
}
