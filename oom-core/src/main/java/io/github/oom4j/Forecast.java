package io.github.oom4j;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The end of select_bad_process and what follows it (mm/oom_kill.c), played through. */
final class Forecast {

  private final OomDomain domain;
  private final OomRules rules;
  private final List<Candidate> killable;

  private Forecast(OomDomain domain, OomRules rules, List<Candidate> killable) {
    this.domain = domain;
    this.rules = rules;
    this.killable = killable;
  }

  /**
   * Predicts.
   *
   * @param killable those who may be killed, the next to die first
   * @param all those, and the spared
   */
  static OomPrediction of(
      OomDomain domain, OomRules rules, List<Candidate> killable, List<Candidate> all) {
    return new Forecast(domain, rules, killable).predict(all);
  }

  private OomPrediction predict(List<Candidate> all) {
    OomFate fate = rules.fate(domain);
    if (fate == OomFate.KILL && killable.isEmpty()) {
      fate = OomFate.NOBODY;
    }
    boolean kill = fate == OomFate.KILL;
    Optional<String> group = kill ? groupOf(killable.get(0)) : Optional.empty();
    Set<OomScore> victims = kill ? victims(killable.get(0)) : Set.of();
    return new OomPrediction(
        domain,
        fate,
        List.copyOf(victims),
        group,
        kill ? rivals(victims) : List.of(),
        ByteSize.bytes(tolerance() * rules.pageBytes()),
        rules.blindSpots(),
        all.stream().map(Candidate::score).filter(OomScore::dying).toList());
  }

  private Optional<String> groupOf(Candidate picked) {
    return picked.cgroup().map(rules.groups()::get);
  }

  /** Who dies if this one is picked, itself first. */
  private Set<OomScore> victims(Candidate picked) {
    Set<OomScore> victims = new LinkedHashSet<>();
    victims.add(picked.score());
    groupOf(picked)
        .ifPresent(
            group ->
                killable.stream()
                    .filter(c -> c.cgroup().map(name -> isAtOrBelow(name, group)).orElse(false))
                    .map(Candidate::score)
                    .forEach(victims::add));
    return victims;
  }

  static boolean isAtOrBelow(String cgroup, String ancestor) {
    return cgroup.equals(ancestor)
        || cgroup.startsWith(ancestor.equals("/") ? "/" : ancestor + "/");
  }

  /** Two processes may be off in opposite directions. */
  private long tolerance() {
    return 2 * rules.lagPages();
  }

  /** Those who may die instead: near enough in points, and what would die with them. */
  private List<OomScore> rivals(Set<OomScore> victims) {
    Candidate first = killable.get(0);
    Set<OomScore> rivals = new LinkedHashSet<>();
    List<Candidate> near = new ArrayList<>();
    for (Candidate candidate : killable.subList(1, killable.size())) {
      long behind = first.points() - candidate.points();
      boolean tied = behind == 0 && !domain.orderKnown();
      if (behind > tolerance()) {
        break; // they are sorted
      }
      if (tied || rules.lagPages() > 0) {
        near.add(candidate);
      }
    }
    near.forEach(candidate -> rivals.addAll(victims(candidate)));
    rivals.removeAll(victims);
    return List.copyOf(rivals);
  }
}
