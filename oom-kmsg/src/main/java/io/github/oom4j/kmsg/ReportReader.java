package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pairs messages into events: which report a kill line ends, which kills are one group, and when to
 * stop waiting.
 */
final class ReportReader {

  /** A report that is longer than this, or silent for longer, has lost its end. */
  private static final int LONGEST_REPORT = 16_384;

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /** How many other records may stand between a kill and the line that calls it a group's. */
  private static final int LONGEST_HOLD = 16;

  private @Nullable OpenReport report;
  private @Nullable HeldKill held;
  private @Nullable HeldKill released;
  private @Nullable KillGroup group;
  private @Nullable SplitLine split;
  private final List<OomLogEvent> found = new ArrayList<>();
  private final List<OomLogEvent> afterHeld = new ArrayList<>();
  private long lastSequence = -1;
  private Optional<Duration> lastTime = Optional.empty();
  private int recordsInReport;
  private int recordsSinceKill;
  private boolean afterGap;

  /** Records were lost: what comes next may be the rest of a report. */
  void gap() {
    afterGap = true;
  }

  /** A record that is not the kernel's: it only counts. */
  void pass(long sequence) {
    follow(sequence);
    afterGap = false;
    grow();
  }

  /**
   * Takes a message.
   *
   * @return whether it is one that an OOM prints
   */
  boolean accept(LogLine line) {
    if (line.sequence().isPresent()) {
      follow(line.sequence().getAsLong());
    }
    if (afterGap && report == null && OomLines.opens(line.text())) {
      report = new OpenReport(Optional.empty(), true);
      recordsInReport = 0;
      lastTime = line.sinceBoot();
    }
    afterGap = false;
    grow();
    SplitLine open = split;
    if (open == null) {
      return acceptUnlessOpening(line);
    }
    if (open.append(line)) {
      if (open.isComplete()) {
        split = null;
        return acceptWhole(open.joined());
      }
      return true;
    }
    if (open.isExhausted() || OomLines.opens(line.text().stripLeading())) {
      split = null;
      acceptWhole(open.joined());
      return acceptUnlessOpening(line);
    }
    return acceptWhole(line);
  }

  private boolean acceptUnlessOpening(LogLine line) {
    split = SplitLine.open(line);
    return split != null || acceptWhole(line);
  }

  private boolean acceptWhole(LogLine line) {
    Optional<KillLine> kill = KillLine.parse(line.text(), line.fromText());
    if (kill.isPresent()) {
      kill(line, kill.get());
      return true;
    }
    Optional<GroupLine> newGroup = GroupLine.parse(line.text(), line.fromText());
    if (newGroup.isPresent()) {
      group(line, newGroup.get());
      return true;
    }
    if (HeaderLine.parse(line.text(), line.fromText()).isPresent()) {
      open(line);
    } else if (ending(line) || notice(line)) {
      return true;
    } else if (report == null && OomLines.opens(line.text().stripLeading())) {
      // Records come whole and in order: only a loss, or a late start, can hide the head.
      OpenReport headless = new OpenReport(line.caller(), !line.fromText());
      if (!headless.accept(line)) {
        return false;
      }
      open(line);
    } else if (report != null && silent(line)) {
      closeReport();
    }
    OpenReport current = report;
    if (current == null || !current.mayOwn(line) || !current.accept(line)) {
      return false;
    }
    lastTime = line.sinceBoot();
    return true;
  }

  /** Whether a message is, to its last character, one that decides about a kill. */
  static boolean isWhole(LogLine line) {
    String text = line.text();
    return KillLine.parse(text, true).filter(kill -> !kill.cut()).isPresent()
        || ScoreLine.parse(text, true).isPresent()
        || GroupLine.parse(text, true).isPresent()
        || HeaderLine.parse(text, false).isPresent();
  }

  private boolean ending(LogLine line) {
    Optional<EndLine> end = EndLine.parse(line.text());
    if (end.isEmpty()) {
      return false;
    }
    OpenReport current = report;
    boolean own = current != null && current.mayOwn(line) && !silent(line);
    if (own) {
      report = null;
    }
    closeReport();
    found.add(Episodes.ended(line, end.get(), own ? current : null));
    return true;
  }

  /** What comes beside a report: it neither opens nor ends one. */
  private boolean notice(LogLine line) {
    Optional<OomLogEvent> notice = NoticeLine.parse(line);
    if (notice.isPresent()) {
      (held == null ? found : afterHeld).add(notice.get());
    }
    return notice.isPresent();
  }

  private void open(LogLine line) {
    closeReport();
    report = new OpenReport(line.caller(), false);
    recordsInReport = 0;
    lastTime = line.sinceBoot();
  }

  private void closeReport() {
    release();
    released = null;
    group = null;
    dropReport();
  }

  /** Gives up a report whose end is not in the log. */
  private void dropReport() {
    OpenReport current = report;
    report = null;
    if (current != null) {
      Episodes.unfinished(current).ifPresent(found::add);
    }
  }

  private boolean silent(LogLine line) {
    return line.sinceBoot().isPresent()
        && lastTime.isPresent()
        && line.sinceBoot().get().minus(lastTime.get()).compareTo(LONGEST_SILENCE) > 0;
  }

  private void kill(LogLine line, KillLine kill) {
    OpenReport current = report;
    HeldKill newKill = new HeldKill(line, kill, null);
    if (current == null && group != null && group.owns(newKill)) {
      if (group.isNew(newKill)) {
        found.add(group.member(newKill));
      }
      return;
    }
    if (current != null
        && current.mayOwn(line)
        && !silent(line)
        && current.explains(kill.victim())) {
      newKill = new HeldKill(line, kill, current);
      report = null;
    }
    closeReport();
    held = newKill;
    recordsSinceKill = 0;
  }

  private void group(LogLine line, GroupLine newGroup) {
    if (group != null && group.isRepeatedBy(newGroup, line)) {
      return;
    }
    // If the line comes late, the first kill has been told; it must not be told again.
    HeldKill first = held == null ? released : held;
    KillGroup newOne = KillGroup.of(newGroup, line, first);
    if (held != null) {
      tell(held.event(Optional.of(newOne.group())));
    }
    held = null;
    released = null;
    dropReport();
    group = newOne;
  }

  /** Lets the kill that is held back go: it was not the first of a group. */
  private void release() {
    HeldKill kill = held;
    if (kill != null) {
      held = null;
      released = kill;
      tell(kill.event(Optional.empty()));
    }
  }

  /** The kill that was held back, and what was said about it meanwhile. */
  private void tell(OomKillEvent kill) {
    found.add(kill);
    found.addAll(afterHeld);
    afterHeld.clear();
  }

  /**
   * Records are missing where the numbers jump. One record can't hide both the end of one report
   * and the start of another; two can, so what came before is not mixed with what comes after.
   */
  private void follow(long sequence) {
    long missing = sequence - lastSequence - 1;
    if (lastSequence >= 0 && report != null && missing != 0) {
      report.markTruncated();
      if (missing != 1) {
        dropReport();
        report = missing < 0 ? null : new OpenReport(Optional.empty(), true);
        split = null;
      }
    }
    lastSequence = sequence;
  }

  private void grow() {
    if (report != null && ++recordsInReport > LONGEST_REPORT) {
      dropReport();
    }
    if (held != null && ++recordsSinceKill > LONGEST_HOLD) {
      release();
    }
  }

  /** Ends what is held back, as the log pauses; an open report stays open. */
  void flush() {
    SplitLine open = split;
    if (open != null) {
      split = null;
      acceptWhole(open.joined());
    }
    release();
  }

  /** Ends everything, as the log does. */
  void end() {
    flush();
    dropReport();
  }

  boolean isIdle() {
    return report == null && held == null && split == null;
  }

  boolean isHolding() {
    return held != null || split != null;
  }

  /** The events found since the last call. */
  List<OomLogEvent> take() {
    if (found.isEmpty()) {
      return List.of();
    }
    List<OomLogEvent> taken = List.copyOf(found);
    found.clear();
    return taken;
  }
}
