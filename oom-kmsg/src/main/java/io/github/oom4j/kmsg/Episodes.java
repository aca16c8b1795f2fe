package io.github.oom4j.kmsg;

import io.github.oom4j.OomEpisode;
import io.github.oom4j.OomEpisode.Outcome;
import io.github.oom4j.OomKillEvent.CgroupCandidate;
import io.github.oom4j.OomReport;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** OOMs that did not end with a kill, as events. */
final class Episodes {

  private Episodes() {}

  /**
   * One that a line ended.
   *
   * @param report what was printed before, or null
   */
  static OomEpisode ended(LogLine line, EndLine end, @Nullable OpenReport report) {
    return episode(line, end, report);
  }

  /** A report that surely was one and whose end was not seen. */
  static Optional<OomEpisode> unfinished(OpenReport report) {
    EndLine end =
        new EndLine(Outcome.NOT_TOLD, KillMessage.BARE, OptionalLong.empty(), Optional.empty());
    return report.hasHeader()
        ? report.last().map(line -> episode(line, end, report))
        : Optional.empty();
  }

  private static OomEpisode episode(LogLine line, EndLine end, @Nullable OpenReport report) {
    List<CgroupCandidate> cgroups =
        report == null ? List.of() : report.cgroups(end.comm().orElse(""));
    return new OomEpisode(
        line.sequence(),
        line.sinceBoot(),
        line.wallClock(),
        end.outcome(),
        end.pid(),
        end.comm(),
        report == null ? end.message().constraint() : report.constraint(end.message()),
        CgroupPath.agreed(cgroups, CgroupCandidate::oomCgroup)
            .or(() -> report == null ? Optional.empty() : report.statsCgroup()),
        report == null ? OomReport.empty() : report.read(Optional.empty()),
        line.text(),
        report != null && report.isTruncated(),
        line.trusted());
  }
}
