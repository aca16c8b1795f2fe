package io.github.oom4j.kmsg;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The lines of a text log in whatever they come: as they are, around each what a mail or a web page
 * added, or as a field of JSON or of the journal. Told apart line by line.
 */
final class TextLog {

  /** Containers' logs hold lines of other logs; this ends a hostile nest. */
  private static final int DEEPEST = 4;

  private static final int MOST_LAYERS = 6;

  /** A whole string in source code or on a command line, which speaks of a log and is none. */
  private static final Pattern CODE =
      Pattern.compile(
          ".{0,120}(?: :?= |\\(|\\(.{1,80}, |\\b(?:echo|printf|logger)(?: -\\S+)* )([\"'`]).*\\1.{0,40}");

  private final ReportReader reports;
  private final TextLines lines = new TextLines();
  private final QuotedPrintable mail = new QuotedPrintable();
  private final LineDressing dressing = new LineDressing();
  private final JournalFields fields = new JournalFields(this::entry);
  private final JsonObjects json = new JsonObjects(this::entry, this::plain);
  private boolean afterRawRecord;
  private int depth;

  TextLog(ReportReader reports) {
    this.reports = reports;
  }

  void accept(String line) {
    if (mail.isOpen() && record(line).isPresent()) { // nothing in the middle of a line begins so
      acceptDecoded(mail.giveUp());
    }
    String decoded = mail.accept(line);
    if (decoded != null) {
      acceptDecoded(decoded);
    }
  }

  private void acceptDecoded(String line) {
    List<String> several = json.isOpen() ? List.of() : JoinedLines.split(line);
    if (several.isEmpty()) {
      acceptOne(line);
    } else {
      several.forEach(this::acceptOne);
    }
  }

  private void acceptOne(String line) {
    if (json.isOpen()) {
      String text = dressing.strip(line);
      json.accept(text);
    } else if (!fields.accept(line)) {
      dressed(line);
    }
  }

  private void dressed(String line) {
    if (raw(line)) {
      return;
    }
    // The dictionary of a raw record follows it, indented by one blank.
    if (afterRawRecord && line.startsWith(" ")) {
      return;
    }
    afterRawRecord = false;
    String text = dressing.strip(line);
    if (JsonObjects.opens(text)) {
      json.accept(text);
    } else if ((text.length() == line.length() && !line.startsWith(" "))
        || !raw(text.stripLeading())) {
      plain(text);
    }
  }

  private static Optional<KmsgRecord> record(String line) {
    boolean digit = !line.isEmpty() && line.charAt(0) >= '0' && line.charAt(0) <= '9';
    return digit ? KmsgRecord.parse(line) : Optional.empty();
  }

  private boolean raw(String line) {
    Optional<KmsgRecord> record = record(line);
    if (record.isEmpty()) {
      return false;
    }
    complete();
    afterRawRecord = true;
    if (record.get().fromKernel()) {
      reports.accept(LogLine.of(record.get(), Optional.empty(), false));
    } else {
      reports.pass(record.get().sequence());
    }
    return true;
  }

  private void plain(String whole) {
    String line = whole;
    TextPrefix prefix = TextPrefix.parse(line);
    for (int i = 0; i < MOST_LAYERS && prefix.fromKernel(); i++) {
      String inner = inner(line, prefix);
      if (inner.equals(line)) {
        break;
      }
      if (JsonObjects.opens(inner) && depth < DEEPEST) {
        json(inner);
        return;
      }
      line = inner;
      prefix = prefix.before(TextPrefix.parse(line));
    }
    TextMessage message = lines.accept(line, prefix);
    if (message != null) {
      message.giveTo(reports);
    }
  }

  /** What is within the line: behind a lead, or dressed behind a prefix. The line if nothing is. */
  private String inner(String line, TextPrefix prefix) {
    if (prefix.found()) {
      String rest = line.substring(prefix.width());
      if (OomLines.isBare(rest)) {
        return line;
      }
      String bare = dressing.stripInner(rest);
      return bare.length() == rest.length() && !JsonObjects.opens(rest) ? line : bare;
    }
    int lead = TextPrefix.lead(line);
    if (lead == 0 || CODE.matcher(line).matches()) {
      return line;
    }
    String before = line.substring(0, lead).stripTrailing();
    char opener = before.isEmpty() ? ' ' : before.charAt(before.length() - 1);
    return LineDressing.unclosed(line.substring(lead), opener);
  }

  private void entry(Map<String, String> entry) {
    if (depth >= DEEPEST) {
      return;
    }
    depth++;
    JournalEntry read = JournalEntry.of(entry);
    switch (read.writer()) {
      case KERNEL -> {
        complete();
        if (!reports.accept(read.line(false))) {
          reread(read);
        }
      }
      case UNKNOWN -> read.message().lines().forEach(this::nested);
      case OTHER -> {}
    }
    depth--;
  }

  /** A message in which dmesg or journald escaped something, or that has a prefix of its own. */
  private void reread(JournalEntry entry) {
    TextPrefix prefix = TextPrefix.parse(entry.message());
    if (prefix.found() && prefix.fromKernel()) {
      reports.accept(entry.line(false).withText(entry.message().substring(prefix.width())));
      return;
    }
    if (entry.message().contains("\\x")) {
      reports.accept(entry.line(false).withText(Escapes.ofDmesgInC(entry.message())));
    }
  }

  private void nested(String line) {
    String text = dressing.strip(line);
    if (JsonObjects.opens(text)) {
      json(text);
    } else if (!raw(text.stripLeading())) {
      plain(text);
    }
  }

  private void json(String line) {
    if (depth == 0) {
      json.accept(line);
    } else { // within an object that is still open: a nested one is on one line
      JsonObjects nested = new JsonObjects(this::entry, this::plain);
      nested.accept(line);
      nested.flush();
    }
  }

  /** Takes the last line as a whole message, though the next might go on. */
  void complete() {
    TextMessage message = lines.flush();
    if (message != null) {
      message.giveTo(reports);
    }
  }

  void flush() {
    String rest = mail.flush();
    if (rest != null) {
      acceptDecoded(rest);
    }
    fields.flush();
    json.flush();
    complete();
  }

  /** Whether nothing is open that the next line could go on. */
  boolean isIdle() {
    return !mail.isOpen() && !lines.mayMatter() && !json.isOpen() && !fields.isOpen();
  }

  /** Whether an object of JSON is open. */
  boolean isStructured() {
    return json.isOpen();
  }
}
