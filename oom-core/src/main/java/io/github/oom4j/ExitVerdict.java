package io.github.oom4j;

import java.util.Optional;

/**
 * Why a process ended, decided from evidence by {@link #of(OomEvidence)}. Sealed: a {@code switch}
 * over the five answers is complete.
 *
 * <p>Java reports death by signal <i>n</i> as exit value 128+<i>n</i>, which a command may also
 * return by itself; {@link #explain()} words it as the evidence it is.
 */
public sealed interface ExitVerdict {

  /**
   * Decides. A pure function: same evidence, same verdict.
   *
   * @param evidence what is known
   * @return the verdict
   */
  static ExitVerdict of(OomEvidence evidence) {
    int signal = evidence.exitValue() - 128;
    boolean sigkill = signal == Killed.SIGKILL;
    Optional<OomKillEvent> own = evidence.recordOfProcess();
    if (sigkill && own.isPresent()) {
      return new OomKilled(LimitScope.of(own.get(), evidence), own, evidence);
    }
    boolean boxHadKill =
        evidence.oomKills().orElse(0) > 0
            || (evidence.cgroup().isPresent() && !evidence.kernelRecords().isEmpty());
    boolean others = evidence.recordsAreOfOthers();
    if (boxHadKill && sigkill && !others) {
      return new OomKilled(scopeOf(evidence), onlyRecord(evidence), evidence);
    }
    // A userspace killer may ask with SIGTERM first.
    if (evidence.userspaceKill().isPresent() && (sigkill || signal == Killed.SIGTERM)) {
      return new UserspaceOomKilled(evidence.userspaceKill().get(), evidence);
    }
    if (boxHadKill) {
      return new DescendantOomKilled(scopeOf(evidence), evidence.lastRecord(), evidence);
    }
    if (signal >= 1 && signal <= Killed.LAST_SIGNAL) {
      return new Killed(signal, !sigkill || evidence.kernelKilledNothing(), evidence);
    }
    return new Exited(evidence.exitValue(), evidence);
  }

  private static LimitScope scopeOf(OomEvidence evidence) {
    return evidence
        .lastRecord()
        .map(kill -> LimitScope.of(kill, evidence))
        .orElseGet(() -> LimitScope.fromCounters(evidence));
  }

  private static Optional<OomKillEvent> onlyRecord(OomEvidence evidence) {
    return evidence.kernelRecords().size() == 1 ? evidence.lastRecord() : Optional.empty();
  }

  /**
   * What the verdict rests on.
   *
   * @return the evidence it was decided from
   */
  OomEvidence evidence();

  /**
   * How far the evidence carries. In particular tells "no OOM kill" from "no OOM kill seen".
   *
   * @return {@link Confidence#INCOMPLETE} only for {@link Exited} and {@link Killed}
   */
  Confidence confidence();

  /**
   * Whose limit the OOM killer killed for.
   *
   * @return empty unless this is {@link OomKilled} or {@link DescendantOomKilled}
   */
  default Optional<LimitScope> limitScope() {
    return Optional.empty();
  }

  /**
   * The kernel's own record of the kill.
   *
   * @return empty unless this is {@link OomKilled} or {@link DescendantOomKilled} and there is one
   */
  default Optional<OomKillEvent> kernelRecord() {
    return Optional.empty();
  }

  /**
   * Whether the kill took a whole cgroup ({@code memory.oom.group}).
   *
   * @return false unless this is {@link OomKilled} or {@link DescendantOomKilled}
   */
  default boolean group() {
    return false;
  }

  /**
   * Says it in plain English, with the evidence, and what was missing.
   *
   * @return a few sentences on one line
   */
  default String explain() {
    return VerdictStory.of(this);
  }

  /**
   * The process ended by itself, and nothing in its box was OOM-killed as far as could be seen;
   * {@link #confidence()} tells how far that is.
   *
   * @param code its exit code
   * @param evidence what the verdict rests on
   */
  record Exited(int code, OomEvidence evidence) implements ExitVerdict {
    @Override
    public Confidence confidence() {
      return evidence.kernelKilledNothing() ? Confidence.CERTAIN : Confidence.INCOMPLETE;
    }
  }

  /**
   * The kernel's OOM killer killed the process itself. {@link Confidence#LIKELY} if only the box's
   * counters say so: then it may have been a descendant whose 137 the process returned, as shells
   * do.
   *
   * @param scope whose memory ran out
   * @param kernelRecord the kernel's record of the kill, where it could be read
   * @param evidence what the verdict rests on
   */
  record OomKilled(LimitScope scope, Optional<OomKillEvent> kernelRecord, OomEvidence evidence)
      implements ExitVerdict {

    /**
     * Whether it died as one of a group: with {@code memory.oom.group}, the kernel kills all of a
     * cgroup at once.
     *
     * @return true if the box was killed as a group, or a cgroup above it
     */
    @Override
    public boolean group() {
      return isGroup(kernelRecord, evidence);
    }

    @Override
    public Optional<LimitScope> limitScope() {
      return Optional.of(scope);
    }

    @Override
    public Confidence confidence() {
      return evidence.recordOfProcess().isPresent() ? Confidence.CERTAIN : Confidence.LIKELY;
    }
  }

  /**
   * The kernel's OOM killer killed other processes in the box, not the process itself. Its exit
   * value may be anything, also 0: some programs carry on without the child they lost.
   *
   * @param scope whose memory ran out
   * @param kernelRecord the kernel's record of the last such kill, where it could be read
   * @param evidence what the verdict rests on
   */
  record DescendantOomKilled(
      LimitScope scope, Optional<OomKillEvent> kernelRecord, OomEvidence evidence)
      implements ExitVerdict {

    /**
     * Whether they died as a group: with {@code memory.oom.group}, the kernel kills all of a cgroup
     * at once, here of one nested in the box.
     *
     * @return true if a cgroup was killed as a group
     */
    @Override
    public boolean group() {
      return isGroup(kernelRecord, evidence);
    }

    @Override
    public Optional<LimitScope> limitScope() {
      return Optional.of(scope);
    }

    @Override
    public Confidence confidence() {
      return evidence.exitValue() != 128 + Killed.SIGKILL || evidence.recordsAreComplete()
          ? Confidence.CERTAIN
          : Confidence.LIKELY;
    }
  }

  private static boolean isGroup(Optional<OomKillEvent> record, OomEvidence evidence) {
    return evidence.groupKills().orElse(0) > 0 || record.map(OomKillEvent::groupKill).orElse(false);
  }

  /**
   * A userspace OOM killer ended the process: systemd-oomd, earlyoom or nohang. The kernel was not
   * out of memory, and its counters did not move.
   *
   * @param kill who, and the trace it left
   * @param evidence what the verdict rests on
   */
  record UserspaceOomKilled(UserspaceKill kill, OomEvidence evidence) implements ExitVerdict {

    /**
     * Who killed it.
     *
     * @return the daemon's name, such as {@code systemd-oomd}
     */
    public String killer() {
      return kill.killer();
    }

    @Override
    public Confidence confidence() {
      return Confidence.CERTAIN;
    }
  }

  /**
   * A signal ended the process, and no OOM kill was seen.
   *
   * @param signal the signal's number
   * @param oomRuledOut true if the kernel's OOM killer certainly was not the sender; false only for
   *     SIGKILL of which too little is known
   * @param evidence what the verdict rests on
   */
  record Killed(int signal, boolean oomRuledOut, OomEvidence evidence) implements ExitVerdict {
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int LAST_SIGNAL = 31;

    @Override
    public Confidence confidence() {
      return evidence.kernelKilledNothing() ? Confidence.CERTAIN : Confidence.INCOMPLETE;
    }
  }
}
