package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MemoryReport;
import io.github.oom4j.MemoryReport.Usage;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent.CgroupCandidate;
import io.github.oom4j.OomKillEvent.Victim;
import io.github.oom4j.OomReport;
import io.github.oom4j.OomReport.Choice;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What an OOM report has said so far: everything between its header and its kill line. */
final class OpenReport {

  private final Optional<String> caller;
  private final ReportHead head = new ReportHead();
  private final CgroupStats stats = new CgroupStats();
  private final MemInfoBlock memInfo = new MemInfoBlock();
  private final Map<CgroupUsage.Kind, Usage> usage = new EnumMap<>(CgroupUsage.Kind.class);
  private Optional<ByteSize> pageOfLimit = Optional.empty();
  private @Nullable OwnerLine owner;
  private @Nullable TaskTable tasks;
  private @Nullable SummaryLine summary;
  private @Nullable ScoreLine score;
  private @Nullable OomReport closed;
  private @Nullable LogLine last;
  private boolean truncated;

  OpenReport(Optional<String> caller, boolean truncated) {
    this.caller = caller;
    this.truncated = truncated;
  }

  boolean mayOwn(LogLine line) {
    return LogLine.mayBelongTogether(caller, line.caller());
  }

  /** Takes the line if it is part of a report. */
  boolean accept(LogLine line) {
    boolean taken = take(line.text(), line.fromText(), line.isFull());
    if (taken) {
      last = line;
    }
    return taken;
  }

  private boolean take(String text, boolean fromText, boolean cut) {
    if (stats.accept(text, fromText, cut)) {
      head.end();
      truncated |= cut;
      return true;
    }
    if (acceptTask(text, fromText) || acceptScope(text, fromText)) {
      head.end();
      stats.end();
      return true;
    }
    if (head.accept(text, fromText)) {
      stats.end();
      return true;
    }
    if (memInfo.accept(text, cut)) {
      head.end();
      stats.end();
      truncated |= cut;
      return true;
    }
    return false;
  }

  private boolean acceptTask(String text, boolean fromText) {
    if (tasks != null && tasks.accept(text, fromText)) {
      truncated |= tasks.isFull();
      return true;
    }
    Optional<TaskTable> table = TaskTable.header(text);
    if (table.isPresent() && tasks == null) {
      tasks = table.get();
    }
    return table.isPresent() || text.strip().startsWith(TaskTable.TITLE);
  }

  private boolean acceptScope(String text, boolean fromText) {
    Optional<SummaryLine> newSummary = SummaryLine.parse(text, fromText);
    if (newSummary.isPresent()) {
      summary = newSummary.get();
      truncated |= summary.pid().isEmpty();
      return true;
    }
    Optional<OwnerLine> newOwner = OwnerLine.parse(text, fromText);
    if (newOwner.isPresent()) {
      owner = newOwner.get();
      return true;
    }
    Optional<ScoreLine> newScore = ScoreLine.parse(text, fromText);
    if (newScore.isPresent()) {
      score = newScore.get();
      return true;
    }
    Optional<CgroupUsage> line = CgroupUsage.parse(text, fromText);
    if (line.isEmpty()) {
      return false;
    }
    usage.putIfAbsent(line.get().kind(), line.get().usage());
    pageOfLimit = pageOfLimit.isPresent() ? pageOfLimit : line.get().page();
    return true;
  }

  /** Whether a kill line can be the end of this report: the summary names the same process. */
  boolean explains(Victim victim) {
    if (summary == null || summary.pid().isEmpty() || summary.pid().getAsLong() == victim.pid()) {
      return true;
    }
    // The two-line era kills a child of the process that the summary names. Otherwise, the group
    // leader may have exited and another thread's PID be printed.
    return (score != null && score.pid() == summary.pid().getAsLong())
        || summary.readings().stream()
            .anyMatch(reading -> reading.comm().equals(Optional.of(victim.comm())));
  }

  /** The victim with what only other lines say: its score, and its owner up to 5.3. */
  Victim complete(Victim victim) {
    boolean sameProcess =
        summary != null && summary.pid().isPresent() && summary.pid().getAsLong() == victim.pid();
    return new Victim(
        victim.pid(),
        victim.comm(),
        victim.totalVm(),
        victim.anonRss(),
        victim.fileRss(),
        victim.shmemRss(),
        victim.uid().isEmpty() && summary != null && sameProcess ? summary.uid() : victim.uid(),
        victim.pgtables(),
        victim.oomScoreAdj(),
        score == null ? OptionalLong.empty() : OptionalLong.of(score.score()));
  }

  Optional<OomConstraint> constraint(KillMessage message) {
    if (summary != null) {
      return Optional.of(summary.constraint());
    }
    if (owner != null) {
      return Optional.of(OomConstraint.MEMCG);
    }
    return message
        .constraint()
        .or(() -> score == null ? Optional.empty() : score.message().constraint())
        .or(() -> ofCgroup(message));
  }

  /** Only a cgroup's OOM prints the cgroup's counters. */
  private Optional<OomConstraint> ofCgroup(KillMessage message) {
    return message == KillMessage.BARE && usage.containsKey(CgroupUsage.Kind.MEMORY)
        ? Optional.of(OomConstraint.MEMCG)
        : Optional.empty();
  }

  /** The ways to read whose limit it was and where the victim was; mostly one. */
  List<CgroupCandidate> cgroups(String comm) {
    if (summary != null) {
      return summary.resolve(comm, stats.cgroup());
    }
    return owner == null ? List.of() : owner.candidates();
  }

  /**
   * The whole of it. One value, which the members of a group share.
   *
   * @param victim who was killed, if somebody was
   */
  OomReport read(Optional<Victim> victim) {
    if (closed == null) {
      closed = readNow(victim);
    }
    return closed;
  }

  private OomReport readNow(Optional<Victim> victim) {
    TaskTable table = tasks;
    OptionalLong dumpedVm =
        table == null || victim.isEmpty()
            ? OptionalLong.empty()
            : table.totalVm(victim.get().pid());
    ReportedPage page = ReportedPage.of(memInfo.pageSize(), pageOfLimit, dumpedVm, victim);
    Placement old = head.placement();
    Placement now = summary == null ? Placement.UNKNOWN : summary.placement();
    return new OomReport(
        head.trigger(),
        head.callTrace(),
        now.cpuset().isPresent() ? now.cpuset() : old.cpuset(),
        now.memsAllowed().isPresent() ? now.memsAllowed() : old.memsAllowed(),
        now.nodemask().isPresent() ? now.nodemask() : old.nodemask(),
        summary != null && summary.globalOom(),
        choice(),
        memory(),
        table == null ? List.of() : table.tasks(page.size().bytes()),
        page.size(),
        page.assumed());
  }

  private Optional<Choice> choice() {
    if (score != null) {
      boolean allocating = score.message() == KillMessage.ALLOCATING;
      return Optional.of(new Choice(score.pid(), Optional.of(score.comm()), allocating));
    }
    if (summary == null || summary.pid().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Choice(summary.pid().getAsLong(), summary.comm(), false));
  }

  private MemoryReport memory() {
    return new MemoryReport(
        Optional.ofNullable(usage.get(CgroupUsage.Kind.MEMORY)),
        Optional.ofNullable(usage.get(CgroupUsage.Kind.MEMORY_AND_SWAP)),
        Optional.ofNullable(usage.get(CgroupUsage.Kind.SWAP)),
        Optional.ofNullable(usage.get(CgroupUsage.Kind.KMEM)),
        stats.read(),
        memInfo.read());
  }

  /** The cgroup whose statistics were printed: the one at its limit. */
  Optional<String> statsCgroup() {
    return stats.cgroup();
  }

  void markTruncated() {
    truncated = true;
  }

  boolean isTruncated() {
    return truncated;
  }

  /** Whether its first line was seen, so that it surely was an OOM. */
  boolean hasHeader() {
    return head.hasHeader();
  }

  /** The last line that was taken. */
  Optional<LogLine> last() {
    return Optional.ofNullable(last);
  }
}
