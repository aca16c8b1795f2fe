package io.github.oom4j.kmsg;

import io.github.oom4j.MemoryReport;
import io.github.oom4j.MemoryReport.Usage;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent.Task;
import io.github.oom4j.OomKillEvent.Trigger;
import io.github.oom4j.OomKillEvent.Victim;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What an OOM report has said so far: everything between its header and its kill line. */
final class OpenReport {

  private final Optional<String> caller;
  private final CgroupStats stats = new CgroupStats();
  private final MemInfoBlock memInfo = new MemInfoBlock();
  private final Map<CgroupUsage.Kind, Usage> usage = new EnumMap<>(CgroupUsage.Kind.class);
  private @Nullable HeaderLine header;
  private @Nullable CpuLine cpu;
  private @Nullable String hardware;
  private @Nullable OwnerLine owner;
  private @Nullable TaskTable tasks;
  private @Nullable SummaryLine summary;
  private @Nullable ScoreLine score;
  private @Nullable List<Task> closedTasks;
  private @Nullable MemoryReport closedMemory;
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
    String text = line.text();
    boolean fromText = line.fromText();
    boolean cut = line.isFull();
    if (stats.accept(text, fromText, cut)) {
      truncated |= cut;
      return true;
    }
    if (acceptTask(text, fromText)
        || acceptScope(text, fromText)
        || acceptContext(text, fromText)) {
      stats.end();
      return true;
    }
    if (memInfo.accept(text, cut)) {
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
    Optional<CgroupUsage> line = CgroupUsage.parse(text, fromText);
    line.ifPresent(found -> usage.putIfAbsent(found.kind(), found.usage()));
    return line.isPresent();
  }

  private boolean acceptContext(String text, boolean fromText) {
    Optional<HeaderLine> newHeader = HeaderLine.parse(text, fromText);
    if (newHeader.isPresent()) {
      header = newHeader.get();
      return true;
    }
    Optional<CpuLine> newCpu = CpuLine.parse(text);
    if (newCpu.isPresent()) {
      // Another CPU may print its own stack in between.
      if (cpu == null && (header == null || header.comm().equals(newCpu.get().comm()))) {
        cpu = newCpu.get();
      }
      return true;
    }
    if (text.startsWith("Hardware name: ") && hardware == null && cpu != null) {
      hardware = text.substring("Hardware name: ".length()).strip();
      return true;
    }
    Optional<ScoreLine> newScore = ScoreLine.parse(text, fromText);
    newScore.ifPresent(line -> score = line);
    return newScore.isPresent();
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
        .or(() -> score == null ? Optional.empty() : score.message().constraint());
  }

  Optional<String> oomCgroup(String comm) {
    if (summary != null) {
      return summary.resolve(comm, stats.cgroup()).oomCgroup();
    }
    return owner == null ? Optional.empty() : owner.oomCgroup();
  }

  Optional<String> victimCgroup(String comm) {
    if (summary != null) {
      return summary.resolve(comm, stats.cgroup()).victimCgroup();
    }
    return owner == null ? Optional.empty() : owner.victimCgroup();
  }

  Optional<Trigger> trigger() {
    if (header == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Trigger(
            header.comm(),
            cpu == null ? OptionalLong.empty() : OptionalLong.of(cpu.pid()),
            header.gfpMask(),
            header.gfpFlags(),
            header.order(),
            header.oomScoreAdj(),
            cpu == null ? OptionalInt.empty() : cpu.cpu(),
            cpu == null ? Optional.empty() : cpu.kernel(),
            Optional.ofNullable(hardware)));
  }

  /** The rows as one unmodifiable list, which the members of a group share. */
  List<Task> tasks() {
    if (closedTasks == null) {
      closedTasks = tasks == null ? List.of() : List.copyOf(tasks.rows());
    }
    return closedTasks;
  }

  /** One value, which the members of a group share. */
  MemoryReport memory() {
    if (closedMemory == null) {
      closedMemory = readMemory();
    }
    return closedMemory;
  }

  private MemoryReport readMemory() {
    return new MemoryReport(
        Optional.ofNullable(usage.get(CgroupUsage.Kind.MEMORY)),
        Optional.ofNullable(usage.get(CgroupUsage.Kind.MEMORY_AND_SWAP)),
        Optional.ofNullable(usage.get(CgroupUsage.Kind.SWAP)),
        Optional.ofNullable(usage.get(CgroupUsage.Kind.KMEM)),
        stats.values(),
        memInfo.pageCounts(),
        memInfo.swapFree(),
        memInfo.swapTotal(),
        memInfo.pagesRam());
  }

  void markTruncated() {
    truncated = true;
  }

  boolean isTruncated() {
    return truncated;
  }
}
