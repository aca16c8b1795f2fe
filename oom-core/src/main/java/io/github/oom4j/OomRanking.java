package io.github.oom4j;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Who dies next: processes in the order in which an OOM would kill them, by recomputed badness.
 * Immutable and thread-safe.
 *
 * <pre>{@code
 * OomRanking ranking = OomRanking.system();
 * ranking.next().ifPresent(next -> System.out.println(next.comm() + " dies next"));
 * System.out.println(ranking.prediction().explain()); // who, how surely, and who else might
 * ranking.withAdj(pid, -500).next();                  // and if I protected that one?
 * }</pre>
 *
 * <p>It is taken in one pass, and each process is read through one open file, so that no entry
 * mixes two processes. On a tie the process comes first that the kernel looks at last, since it
 * takes the last of equals. Threads are not counted; processes that share all memory (vfork,
 * CLONE_VM) each have an entry, as they have for the kernel, and die together.
 */
public final class OomRanking {

  private final OomDomain domain;
  private final OomRules rules;
  private final List<Candidate> candidates;
  private final List<Long> unreadable;
  private final Churn churn;

  private final List<Candidate> killable;
  private final List<OomScore> victims;
  private final List<OomScore> spared;

  /** What came and went while the processes were read. */
  record Churn(int vanished, boolean appeared) {}

  OomRanking(
      OomDomain domain,
      OomRules rules,
      List<Candidate> candidates,
      List<Long> unreadable,
      Churn churn) {
    this.domain = domain;
    this.rules = rules;
    this.candidates = List.copyOf(candidates);
    this.unreadable = List.copyOf(unreadable);
    this.churn = churn;
    this.killable =
        candidates.stream().filter(Candidate::isKillable).sorted(Candidate.FIRST_TO_DIE).toList();
    this.victims = killable.stream().map(Candidate::score).toList();
    this.spared = candidates.stream().filter(c -> !c.isKillable()).map(Candidate::score).toList();
  }

  /**
   * Ranks all processes of the machine now, as a system-wide OOM would.
   *
   * @return the ranking
   * @throws OomException if /proc can't be read
   */
  public static OomRanking system() {
    return ProcFs.system().ranking();
  }

  /**
   * Ranks the processes that may use some memory nodes, as an OOM of a cpuset(7) that is bound to
   * them would. What a process itself bound to nodes (set_mempolicy(2)) does not show in /proc, so
   * the OOM of a memory policy is only told as far as cpusets go.
   *
   * @param nodes the nodes, as a list such as {@code 0} or {@code 0,2-3}
   * @return the ranking
   * @throws IllegalArgumentException if it is no such list, or names a node that is not there
   * @throws OomException if /proc can't be read
   */
  public static OomRanking ofNodes(String nodes) {
    return ProcFs.system().rankingOfNodes(nodes);
  }

  /**
   * Calls back when somebody else would die next. Looks at once, on the thread of the caller, and
   * then once an interval, on one daemon thread named {@code oom4j-ranking} for this watch.
   *
   * @param interval the time from one look to the next; looks don't pile up
   * @param listener is called with the first ranking, and with each whose {@link #next()} is
   *     another process than in the one before. What it throws is logged at DEBUG
   * @return the watch; close it to stop
   * @throws IllegalArgumentException if the interval is not positive
   * @throws OomException if /proc can't be read
   */
  public static OomRankingWatch watch(Duration interval, Consumer<? super OomRanking> listener) {
    return OomRankingWatch.start(
        interval, OomRanking::system, OomRankingWatch.headChanges(), listener);
  }

  /**
   * Calls back when a process comes among the first to die, or is no longer among them; otherwise
   * as {@link #watch(Duration, Consumer)}. The first ranking counts as a change only if the process
   * is among the first.
   *
   * @param pid the process
   * @param first how many are the first: 1 for the next to die
   * @param interval the time from one look to the next
   * @param listener is called with each ranking in which that changed
   * @return the watch; close it to stop
   * @throws IllegalArgumentException if the interval or {@code first} is not positive
   * @throws OomException if /proc can't be read
   */
  public static OomRankingWatch watch(
      long pid, int first, Duration interval, Consumer<? super OomRanking> listener) {
    return OomRankingWatch.start(
        interval, OomRanking::system, OomRankingWatch.isAmong(pid, first), listener);
  }

  /**
   * Who competes for what.
   *
   * @return the machine, memory nodes, or a cgroup
   */
  public OomDomain domain() {
    return domain;
  }

  /**
   * The processes that may be killed.
   *
   * @return all of them, the next to die first
   */
  public List<OomScore> victims() {
    return victims;
  }

  /**
   * The processes that are never picked; {@link OomScore#killability()} tells why.
   *
   * @return all of them, in no particular order
   */
  public List<OomScore> spared() {
    return spared;
  }

  /**
   * The processes that this user may not look at.
   *
   * @return their PIDs; with {@code hidepid} not even these are seen
   */
  public List<Long> unreadable() {
    return unreadable;
  }

  /**
   * How many processes ended while the others were read. They are in no list.
   *
   * @return 0 or more
   */
  public int vanished() {
    return churn.vanished();
  }

  /**
   * Whether a process or thread was created while the others were read: then there may be a process
   * that is in no list.
   *
   * @return true if so
   */
  public boolean appeared() {
    return churn.appeared();
  }

  /**
   * What could not be seen and may change the answer.
   *
   * @return empty if everything was seen
   */
  public Set<BlindSpot> blindSpots() {
    return rules.blindSpots();
  }

  /**
   * The process that the OOM killer would pick. With a group or with other settings of the kernel
   * more may happen: see {@link #prediction()}, which also tells how sure this is.
   *
   * @return the first of {@link #victims()}, or empty if there is none
   */
  public Optional<OomScore> next() {
    return victims.stream().findFirst();
  }

  /**
   * What would happen, and how sure that is.
   *
   * @return the prediction
   */
  public OomPrediction prediction() {
    return Forecast.of(domain, rules, killable, candidates);
  }

  /**
   * Where a process stands.
   *
   * @param pid the process
   * @return 1 for the next to die, 2 for the one after, and so on; empty if it is not among the
   *     victims
   */
  public OptionalInt positionOf(long pid) {
    for (int i = 0; i < victims.size(); i++) {
      if (victims.get(i).pid() == pid) {
        return OptionalInt.of(i + 1);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The ranking if a process had another {@code oom_score_adj}. Nothing is written.
   *
   * @param pid the process
   * @param oomScoreAdj -1000 to 1000
   * @return the new ranking
   * @throws IllegalArgumentException if the value is out of range, or the ranking has no such
   *     process with memory
   */
  public OomRanking withAdj(long pid, int oomScoreAdj) {
    OomScoreAdj adj = new OomScoreAdj(oomScoreAdj);
    return with(pid, badness -> badness.withAdj(adj));
  }

  /**
   * The ranking if a process used more memory. Nothing is written.
   *
   * @param pid the process
   * @param size how much more, in whole pages
   * @return the new ranking
   * @throws IllegalArgumentException if the ranking has no such process with memory
   */
  public OomRanking withGrowth(long pid, ByteSize size) {
    return with(pid, badness -> badness.withGrowth(size.bytes() / rules.pageBytes()));
  }

  /**
   * The ranking if there were another amount of memory to compete for: another {@code memory.max}
   * of the cgroup, or another amount of RAM. Nothing is written.
   *
   * @param size the memory; swap is not part of it
   * @return the new ranking
   */
  public OomRanking withLimit(ByteSize size) {
    OomDomain changed = domain.withMemory(size);
    long pages = changed.totalpages(rules.pageBytes());
    return new OomRanking(
        changed,
        rules,
        candidates.stream()
            .map(c -> c.weight().map(w -> c.with(w.withTotalpages(pages), rules)).orElse(c))
            .toList(),
        unreadable,
        churn);
  }

  private OomRanking with(long pid, UnaryOperator<Badness> change) {
    if (candidates.stream().noneMatch(c -> c.pid() == pid && c.weight().isPresent())) {
      throw new IllegalArgumentException("no process with memory has PID " + pid + " here");
    }
    return new OomRanking(
        domain,
        rules,
        candidates.stream()
            .map(
                c ->
                    c.pid() == pid
                        ? c.weight().map(w -> c.with(change.apply(w), rules)).orElse(c)
                        : c)
            .toList(),
        unreadable,
        churn);
  }

  /**
   * The least change that saves a process: the greatest {@code oom_score_adj}, not above its own,
   * with which the next OOM would not kill it, margins included, given all others as they are.
   * Nothing is written; see {@link OomScore#adjust(int)}.
   *
   * @param pid the process
   * @return the value, and what would happen with it
   * @throws IllegalArgumentException if the ranking has no such process with memory
   */
  public OomProtection protect(long pid) {
    Candidate candidate =
        candidates.stream()
            .filter(c -> c.pid() == pid && c.weight().isPresent())
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no process with memory has PID " + pid));
    int high = candidate.score().adj().value();
    int low = OomScoreAdj.PROTECTED.value();
    // The lower the value the safer, so what saves it is all that is below some value.
    while (low < high) {
      int middle = low + (high - low + 1) / 2;
      if (withAdj(pid, middle).prediction().mayKill(pid)) {
        high = middle - 1;
      } else {
        low = middle;
      }
    }
    return new OomProtection(
        candidate.score(), new OomScoreAdj(low), withAdj(pid, low).prediction());
  }

  /** The domain, and who is next. */
  @Override
  public String toString() {
    return "OomRanking["
        + domain.cgroup().orElse("machine")
        + ", victims="
        + victims.size()
        + ", next="
        + next().map(n -> n.comm() + " (pid " + n.pid() + ")").orElse("nobody")
        + "]";
  }
}
