package io.github.oom4j;

import java.util.List;
import java.util.Optional;

/**
 * Why a process ended, decided from evidence by {@link #of(OomEvidence)}. Sealed: a {@code switch}
 * over the four answers is complete.
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
    boolean sigkill = evidence.exitValue() == 128 + Killed.SIGKILL;
    Optional<OomKillEvent> own = evidence.recordOfProcess();
    List<OomKillEvent> records = evidence.kernelRecords();
    boolean boxHadKill = evidence.oomKills().orElse(0) > 0 || hasRecordInBox(evidence);
    if (sigkill && own.isPresent()) {
      return new OomKilled(LimitScope.of(own.get(), evidence), own, evidence);
    }
    if (boxHadKill && sigkill && records.isEmpty()) {
      return new OomKilled(LimitScope.fromCounters(evidence), Optional.empty(), evidence);
    }
    if (boxHadKill) {
      Optional<OomKillEvent> last =
          records.isEmpty() ? Optional.empty() : Optional.of(records.get(records.size() - 1));
      LimitScope scope =
          last.map(kill -> LimitScope.of(kill, evidence))
              .orElseGet(() -> LimitScope.fromCounters(evidence));
      return new DescendantOomKilled(scope, last, evidence);
    }
    int signal = evidence.exitValue() - 128;
    if (signal >= 1 && signal <= Killed.LAST_SIGNAL) {
      boolean ruledOut =
          !sigkill
              || evidence.systemOomKills().orElse(1) == 0
              || evidence.oomKills().orElse(1) == 0;
      return new Killed(signal, ruledOut, evidence);
    }
    return new Exited(evidence.exitValue(), evidence);
  }

  private static boolean hasRecordInBox(OomEvidence evidence) {
    return evidence.cgroup().isPresent() && !evidence.kernelRecords().isEmpty();
  }

  /**
   * What the verdict rests on.
   *
   * @return the evidence it was decided from
   */
  OomEvidence evidence();

  /**
   * Says it in plain English, with the evidence, and what was missing.
   *
   * @return a few sentences on one line
   */
  default String explain() {
    return VerdictStory.of(this);
  }

  /**
   * The process ended by itself, and nothing in its box was OOM-killed as far as could be seen.
   *
   * @param code its exit code
   * @param evidence what the verdict rests on
   */
  record Exited(int code, OomEvidence evidence) implements ExitVerdict {}

  /**
   * The OOM killer killed the process itself.
   *
   * @param scope whose memory ran out
   * @param kernelRecord the kernel's record of the kill, where it could be read
   * @param evidence what the verdict rests on
   */
  record OomKilled(LimitScope scope, Optional<OomKillEvent> kernelRecord, OomEvidence evidence)
      implements ExitVerdict {}

  /**
   * The OOM killer killed other processes in the box, not the process itself. Its exit value may be
   * anything, also 0: some programs carry on without the child they lost.
   *
   * @param scope whose memory ran out
   * @param kernelRecord the kernel's record of the last such kill, where it could be read
   * @param evidence what the verdict rests on
   */
  record DescendantOomKilled(
      LimitScope scope, Optional<OomKillEvent> kernelRecord, OomEvidence evidence)
      implements ExitVerdict {}

  /**
   * A signal ended the process, and no OOM kill was seen.
   *
   * @param signal the signal's number
   * @param oomRuledOut true if the OOM killer certainly was not the sender; false only for SIGKILL
   *     of which too little is known
   * @param evidence what the verdict rests on
   */
  record Killed(int signal, boolean oomRuledOut, OomEvidence evidence) implements ExitVerdict {
    static final int SIGKILL = 9;
    static final int LAST_SIGNAL = 31;
  }
}
