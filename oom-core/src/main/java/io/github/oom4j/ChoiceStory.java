package io.github.oom4j;

import java.util.Optional;
import java.util.OptionalInt;

/** The words for why that process was chosen. */
final class ChoiceStory {

  private static final String MAY_BE_KILLED = " in the task dump that may be killed";

  private ChoiceStory() {}

  static Optional<String> of(OomKillEvent kill) {
    Optional<OomReport.Choice> choice = kill.report().choice();
    if (kill.killLine().contains("(oom_kill_allocating_task)")
        || choice.map(OomReport.Choice::allocating).orElse(false)) {
      return Optional.of(
          "It was chosen because it asked: vm.oom_kill_allocating_task is set, so size did not"
              + " matter.");
    }
    Optional<String> why = DumpedBadness.of(kill).map(ChoiceStory::reason);
    boolean other = choice.filter(chosen -> chosen.pid() != kill.victim().pid()).isPresent();
    if (other && kill.groupKill()) {
      return Optional.of(
          "Of that cgroup the kernel had chosen "
              + name(kill, choice.get())
              + why.map(words -> ", " + words).orElse("")
              + ".");
    }
    if (other && kill.victim().score().isPresent()) {
      return Optional.of(
          "The kernel had chosen "
              + name(kill, choice.get())
              + why.map(words -> ", " + words).orElse("")
              + score(kill)
              + "; what died is a child of it, or another thread.");
    }
    return why.map(words -> "It was " + words + score(kill) + ".").or(() -> plain(kill));
  }

  /** Kernels before 2.6.36 reckoned otherwise: tell the sizes only. */
  private static Optional<String> plain(OomKillEvent kill) {
    if (kill.tasks().isEmpty()) {
      return kill.victim().score().isPresent()
          ? Optional.of("Its score was " + kill.victim().score().getAsLong() + ".")
          : Optional.empty();
    }
    double all = kill.tasks().stream().mapToDouble(task -> task.rss().bytes()).sum();
    String share =
        kill.tasks().stream()
            .filter(task -> task.pid() == kill.victim().pid() && all > 0)
            .findFirst()
            .map(
                task ->
                    ", and held " + Math.round(100 * task.rss().bytes() / all) + " % of their RAM")
            .orElse("");
    return Optional.of(
        "It was chosen among "
            + kill.tasks().size()
            + (kill.tasks().size() == 1 ? " process" : " processes")
            + share
            + score(kill)
            + ".");
  }

  private static String score(OomKillEvent kill) {
    return kill.victim().score().isPresent()
        ? " (score " + kill.victim().score().getAsLong() + ")"
        : "";
  }

  private static String name(OomKillEvent kill, OomReport.Choice choice) {
    return choice
        .comm()
        .or(
            () ->
                kill.tasks().stream()
                    .filter(task -> task.pid() == choice.pid())
                    .map(OomKillEvent.Task::comm)
                    .findFirst())
        .map(comm -> KillStory.process(comm, choice.pid()))
        .orElse("pid " + choice.pid());
  }

  private static String reason(DumpedBadness dump) {
    int count = dump.candidates().size();
    if (count == 1) {
      return "the only one in the task dump that may be killed";
    }
    if (dump.isUnadjusted()) {
      return place(dump.placeByMemory(), count, "largest")
          + ": "
          + dump.percentOfMemory()
          + " % of their RAM, swap and page tables";
    }
    String memory =
        dump.percentOfMemory() + " % of their RAM, swap and page tables" + byMemory(dump);
    OptionalInt percent = dump.percentOfBadness();
    int adj = dump.victim().oomScoreAdj().orElse(0);
    return dump.place().isEmpty()
        ? "one of " + count + MAY_BE_KILLED + adjusted(adj) + ", with " + memory
        : place(dump.place().getAsInt(), count, "worst")
            + adjusted(adj)
            + (percent.isPresent() ? ": " + percent.getAsInt() + " % of their badness" : ":")
            + (percent.isPresent() ? ", " : " ")
            + memory;
  }

  private static String byMemory(DumpedBadness dump) {
    int place = dump.placeByMemory();
    return place == 1 ? "" : " (number " + place + " by these alone)";
  }

  private static String adjusted(int adj) {
    return adj == 0 ? "" : ", with oom_score_adj " + adj;
  }

  private static String place(int place, int count, String superlative) {
    return (place == 1
            ? "the " + superlative
            : "number " + place + ", not the " + superlative + ",")
        + " of "
        + count
        + MAY_BE_KILLED;
  }
}
