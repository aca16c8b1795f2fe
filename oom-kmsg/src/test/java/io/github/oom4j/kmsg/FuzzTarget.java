package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What must hold for any bytes. The first byte chooses what the others are: one record, lines of a
 * text log, a saved log read in pieces, or records that are read live and from a file.
 *
 * <p>Both fuzzers call it: {@link FuzzTest} with every build, and Jazzer by {@code fuzz/run}.
 */
public final class FuzzTarget {

  static final byte RECORD = 0;
  static final byte LINES = 1;
  static final byte STREAM = 2;
  static final byte RECORDS = 3;

  private static final int MODES = 4;

  /** A record and the tail of a report: longer inputs are not better inputs. */
  static final int LONGEST_INPUT = 8192;

  /** A paste may have a tab for a space. */
  private static final Pattern KILLED = Pattern.compile("Killed\\s+process\\s");

  private static final Pattern ESCAPE = Pattern.compile("\\\\x[0-9a-f]{2}");

  /** These see all inputs of a run, one after the other: what they keep must be bounded. */
  private static OomKillParser immortalRecords = new OomKillParser();

  private static OomKillParser immortalLines = new OomKillParser();

  private FuzzTarget() {}

  /**
   * The entry point by Jazzer's convention.
   *
   * @param input any bytes
   * @throws AssertionError if something does not hold
   */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    switch (Math.floorMod(input[0], MODES)) {
      case RECORD -> record(bytes);
      case LINES -> lines(bytes);
      case STREAM -> stream(bytes);
      default -> records(bytes);
    }
  }

  private static void record(byte[] bytes) {
    Optional<KmsgRecord> record = KmsgRecord.parse(bytes);
    OomKillParser parser = new OomKillParser();
    boolean ignored = parser.ignores(bytes, 0, bytes.length);
    List<OomKillEvent> kills = new ArrayList<>();
    record.ifPresent(
        found -> {
          check(found.facility() >= 0 && found.facility() <= 255, "facility");
          check(found.level() >= 0 && found.level() <= 7, "level");
          check(found.sequence() >= 0 && !found.sinceBoot().isNegative(), "header");
          check(found.sequence() == RawRecord.sequence(bytes, 0, bytes.length), "sequence");
          check(found.text().length() <= bytes.length, "text from nowhere");
          kills.addAll(parser.accept(found));
        });
    kills.addAll(parser.flush());
    check(!ignored || kills.isEmpty(), "ignored, though it matters");
    check(kills.size() <= 1, "one record, many kills");
    check(kills.isEmpty() || record.orElseThrow().fromKernel(), "a kill of user space");
    kills.forEach(kill -> check(kill, true));
    check(kills.equals(live(List.of(bytes))), "as bytes and as record");
    immortalRecords.accept(bytes, 0, bytes.length).forEach(kill -> check(kill, true));
  }

  private static void lines(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    OomKillParser parser = new OomKillParser();
    List<OomKillEvent> kills = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      kills.addAll(parser.acceptLine(line));
      immortalLines.acceptLine(line).forEach(kill -> check(kill, false));
    }
    kills.addAll(parser.flush());
    kills.forEach(kill -> check(kill, false));
    // What was wrapped, also by a lone carriage return, is joined again.
    if (text.chars().noneMatch(c -> c == '\n' || c == '\r' || c == '\\')) {
      check(kills.size() <= KILLED.split(text, -1).length - 1, "kills from nowhere");
    }
  }

  private static void stream(byte[] bytes) {
    List<OomKillEvent> whole = parse(new ByteArrayInputStream(bytes));
    whole.forEach(kill -> check(kill, false));
    int piece = bytes.length == 0 ? 1 : 1 + (bytes[bytes.length - 1] & 0x3f);
    InputStream pieces =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, piece));
          }
        };
    check(whole.equals(parse(pieces)), "in pieces and whole");
  }

  /** Whole records give the same events from /dev/kmsg and from a file, apart from trust. */
  private static void records(byte[] bytes) {
    List<byte[]> records = new ArrayList<>();
    StringBuilder file = new StringBuilder();
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      byte[] record = line.getBytes(StandardCharsets.ISO_8859_1);
      // The kernel escapes whatever is not printable ASCII, and the backslash; a file may have been
      // through an editor, or other tools, which escape in other ways.
      if (KmsgRecord.parse(record).isPresent()
          && line.chars().allMatch(c -> c >= ' ' && c < 0x7f)
          && (line.indexOf('\\') < 0 || !ESCAPE.matcher(line).replaceAll("").contains("\\"))) {
        records.add(record);
        file.append(line).append('\n');
      }
    }
    List<OomKillEvent> live = live(records);
    live.forEach(kill -> check(kill, true));
    byte[] saved = file.toString().getBytes(StandardCharsets.ISO_8859_1);
    List<OomKillEvent> read = parse(new ByteArrayInputStream(saved));
    check(
        live.stream().map(GoldenLog::apartFromSource).toList().equals(apartFromSource(read)),
        "live and from a file");
  }

  private static List<OomKillEvent> apartFromSource(List<OomKillEvent> kills) {
    return kills.stream().map(GoldenLog::apartFromSource).toList();
  }

  private static List<OomKillEvent> live(List<byte[]> records) {
    OomKillParser parser = new OomKillParser();
    List<OomKillEvent> kills = new ArrayList<>();
    for (byte[] record : records) {
      kills.addAll(parser.accept(record, 0, record.length));
    }
    kills.addAll(parser.flush());
    return kills;
  }

  private static List<OomKillEvent> parse(InputStream in) {
    try (Stream<OomKillEvent> kills = KernelLog.parse(in)) {
      return kills.toList();
    }
  }

  private static void check(OomKillEvent kill, boolean trusted) {
    check(kill.killLine().contains(Long.toString(kill.victim().pid())), "PID in the kill line");
    check(kill.killLine().contains(kill.victim().comm()), "comm in the kill line");
    check(kill.trusted() == trusted, "trust");
    check(kill.tasks().size() <= TaskTable.MOST_ROWS, "task dump");
    check(!kill.explain().isBlank(), "explanation");
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** What a run of any length may leave behind. */
  static void forgetImmortals() {
    immortalRecords = new OomKillParser();
    immortalLines = new OomKillParser();
  }
}
