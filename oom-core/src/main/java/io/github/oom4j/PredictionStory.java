package io.github.oom4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A prediction in plain words. */
final class PredictionStory {

  private static final int SHOWN = 3;

  private PredictionStory() {}

  static String of(OomPrediction prediction) {
    List<String> sentences = new ArrayList<>();
    sentences.add(fate(prediction));
    if (!prediction.rivals().isEmpty()) {
      sentences.add(
          "Within the margin of "
              + prediction.margin()
              + " it might be "
              + names(prediction.rivals())
              + " instead.");
    }
    if (!prediction.dying().isEmpty()) {
      sentences.add(
          names(prediction.dying())
              + " is ending and still has its memory: if the OOM killer killed it, nobody else dies"
              + " before that is free.");
    }
    if (!prediction.blindSpots().isEmpty()) {
      sentences.add(
          "Not seen: "
              + prediction.blindSpots().stream()
                  .sorted()
                  .map(BlindSpot::words)
                  .collect(Collectors.joining("; "))
              + ".");
    }
    return String.join(" ", sentences);
  }

  private static String fate(OomPrediction prediction) {
    String where = where(prediction.domain());
    return switch (prediction.fate()) {
      case PANIC -> "If " + where + ", the kernel panics (vm.panic_on_oom).";
      case KILL_ALLOCATING_TASK ->
          "If "
              + where
              + ", the kernel kills the process that asks for memory, whichever it is"
              + " (vm.oom_kill_allocating_task is 1).";
      case NOBODY -> "If " + where + ", there is nobody whom the kernel may kill.";
      case KILL -> {
        OomScore picked = prediction.victims().get(0);
        String alone = "If " + where + ", the kernel kills " + name(picked) + why(picked);
        int others = prediction.victims().size() - 1;
        yield prediction
            .group()
            .map(
                group ->
                    alone
                        + ", and with it "
                        + others
                        + (others == 1 ? " other process" : " other processes")
                        + " of cgroup "
                        + group
                        + " (memory.oom.group is 1 there).")
            .orElse(alone + ".");
      }
    };
  }

  private static String where(OomDomain domain) {
    String nodes = domain.nodes().map(n -> "memory nodes " + n + " are").orElse("the machine is");
    return domain
        .cgroup()
        .map(c -> "cgroup " + c + " is at its limit")
        .orElse(nodes + " out of memory");
  }

  private static String why(OomScore picked) {
    return picked
        .badness()
        .map(
            badness ->
                " (%.1f%% of the memory, oom_score_adj %s)"
                    .formatted(100 * badness.share(), picked.adj()))
        .orElse("");
  }

  private static String names(List<OomScore> processes) {
    String first =
        processes.stream()
            .limit(SHOWN)
            .map(PredictionStory::name)
            .collect(Collectors.joining(", "));
    int more = processes.size() - SHOWN;
    return more > 0 ? first + " or " + more + " more" : first;
  }

  private static String name(OomScore process) {
    return process.comm() + " (pid " + process.pid() + ")";
  }
}
