package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
 * report of at most 16,384 records, and one message of at most 16 KiB.
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
    return accept(record, Optional.empty());
  }

  private List<OomKillEvent> accept(KmsgRecord record, Optional<Instant> wallClock) {
    if (record.fromKernel()) {
      reports.accept(LogLine.of(record, wallClock, true));
    } else {
      reports.pass(record.sequence());
    }
    return reports.take();
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
    if (ignores(bytes, offset, length)) {
      return List.of();
    }
    Optional<KmsgRecord> record = RawRecord.parse(bytes, offset, length);
    return record.isPresent() ? accept(record.get(), wallClock) : List.of();
  }

  /**
   * Takes one line of a text log: dmesg in its formats, syslog, journalctl -k, or a raw record;
   * told apart by the line itself.
   *
   * @param line the line, without its line break
   * @return the kills that are complete now, mostly none
   */
  public List<OomKillEvent> acceptLine(String line) {
    text.accept(line);
    return reports.take();
  }

  /**
   * Ends what is held back: call it at the end of a log, and when a live log pauses.
   *
   * @return the kills that are complete now
   */
  public List<OomKillEvent> flush() {
    text.flush();
    reports.flush();
    return reports.take();
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
