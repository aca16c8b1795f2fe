package io.github.oom4j;

import java.util.Optional;
import java.util.stream.Collectors;

/** The words for whose memory ran out, as the end of a sentence about the victim. */
final class LimitStory {

  private LimitStory() {}

  static String of(LimitScope scope, Optional<OomKillEvent> record, OomEvidence evidence) {
    return switch (scope) {
      case OWN_LIMIT -> "hit this scope's memory.max of " + evidence.memoryMax() + ".";
      case ANCESTOR_LIMIT ->
          "was killed because "
              + ancestors(record, evidence)
              + " above this scope was at its limit, not for this scope's memory.max of "
              + evidence.memoryMax()
              + ".";
      case SYSTEM ->
          "was killed because "
              + system(record)
              + ", not for this scope's memory.max of "
              + evidence.memoryMax()
              + ".";
      case UNKNOWN ->
          "was killed; whose limit was hit could not be told" + clue(record, evidence) + ".";
    };
  }

  private static String ancestors(Optional<OomKillEvent> record, OomEvidence evidence) {
    Optional<String> named =
        record
            .or(evidence::lastRecord)
            .flatMap(OomKillEvent::oomCgroup)
            .map(c -> "cgroup " + KillStory.printable(c));
    return named.orElseGet(
        () -> {
          String counted =
              evidence.above().limitedForBoxAlone(evidence.oomKills()).stream()
                  .map(CgroupsAbove.Growth::cgroup)
                  .collect(Collectors.joining(" or "));
          return counted.isEmpty() ? "a cgroup" : "cgroup " + counted;
        });
  }

  private static String system(Optional<OomKillEvent> record) {
    if (record.flatMap(OomKillEvent::trigger).map(trigger -> trigger.order() == -1).orElse(false)) {
      return "somebody asked the kernel for an OOM kill (sysrq-f)";
    }
    return switch (record.flatMap(OomKillEvent::constraint).orElse(OomConstraint.NONE)) {
      case CPUSET -> "the NUMA nodes of its cpuset were out of memory";
      case MEMORY_POLICY -> "the NUMA nodes of its memory policy were out of memory";
      case NONE, MEMCG -> "the machine was out of memory";
    };
  }

  private static String place(String limited, OomEvidence evidence) {
    String box = evidence.cgroup().orElse("");
    return box.isEmpty()
        ? ""
        : limited.contains(box + "/") ? ", nested in this scope" : ", outside of this scope";
  }

  /** What the counters point to, without proving it. */
  private static String clue(Optional<OomKillEvent> record, OomEvidence evidence) {
    Optional<String> named = record.flatMap(OomKillEvent::oomCgroup);
    if (named.isPresent()) {
      return ": it was that of cgroup "
          + KillStory.printable(named.get())
          + place(named.get(), evidence);
    }
    if (evidence.limitHits().orElse(0) > 0) {
      return ": this scope hit its own, but fewer times than processes were killed";
    }
    if (evidence.nestedLimitHits().orElse(0) > 0) {
      return ": a cgroup inside this scope hit its own";
    }
    return evidence.above().limited().stream()
        .findFirst()
        .map(
            cgroup ->
                ": likely that of cgroup "
                    + cgroup.cgroup()
                    + " above this scope, which was hit meanwhile, but other processes below it"
                    + " were killed too")
        .orElse("");
  }
}
