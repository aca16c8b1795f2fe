package io.github.oom4j;

/**
 * How much the OOM killer would dislike a process: the kernel's {@code oom_badness()}
 * (mm/oom_kill.c, the same from 4.19 to 7.3), recomputed. The process with the most points dies.
 * All sizes are in pages.
 *
 * @param rss resident memory: anonymous, file and shared
 * @param swapents swapped out memory
 * @param pgtables page tables
 * @param oomScoreAdj {@code oom_score_adj}
 * @param totalpages memory the processes compete for: RAM and swap of the machine, or a cgroup's
 *     limit
 */
public record Badness(
    long rss, long swapents, long pgtables, OomScoreAdj oomScoreAdj, long totalpages) {

  /**
   * Checks the divisor.
   *
   * @param rss the component of that name
   * @param swapents the component of that name
   * @param pgtables the component of that name
   * @param oomScoreAdj the component of that name
   * @param totalpages the component of that name
   * @throws IllegalArgumentException if {@code totalpages} is not positive; the kernel takes 1 for
   *     0
   */
  public Badness {
    if (totalpages <= 0) {
      throw new IllegalArgumentException("totalpages is 1 or more, not " + totalpages);
    }
  }

  /**
   * The points that the kernel compares. They may be negative; such a process can still be picked
   * if nothing else is left.
   *
   * @return memory in pages, moved by {@code oom_score_adj} thousandths of {@code totalpages}
   */
  public long points() {
    // The kernel divides first, in integers: 1000 thousandths are a little less than totalpages.
    return rss + swapents + pgtables + oomScoreAdj.value() * (totalpages / 1000);
  }

  /**
   * How much of what is competed for the process uses.
   *
   * @return resident, swapped and page tables over {@code totalpages}, 0 to about 1; {@code
   *     oom_score_adj} does not count
   */
  public double share() {
    return (double) (rss + swapents + pgtables) / totalpages;
  }

  /**
   * The same process with another {@code oom_score_adj}.
   *
   * @param adj the value
   * @return what it would weigh
   */
  public Badness withAdj(OomScoreAdj adj) {
    return new Badness(rss, swapents, pgtables, adj, totalpages);
  }

  /**
   * The same process with more resident memory.
   *
   * @param pages how many pages more
   * @return what it would weigh
   */
  public Badness withGrowth(long pages) {
    return new Badness(rss + pages, swapents, pgtables, oomScoreAdj, totalpages);
  }

  /**
   * The same process in the competition for another amount of memory.
   *
   * @param pages RAM and swap of the machine, or what a cgroup may use
   * @return what it would weigh
   */
  public Badness withTotalpages(long pages) {
    return new Badness(rss, swapents, pgtables, oomScoreAdj, pages);
  }

  /**
   * What {@code /proc/PID/oom_score} shows for these points since 5.9, if {@code totalpages} is the
   * machine's.
   *
   * @return 0 to about 1333; the formula maps no adjustment and no memory to 666
   */
  public int oomScore() {
    return (int) ((1000 + points() * 1000 / totalpages) * 2 / 3);
  }

  /**
   * What {@code /proc/PID/oom_score} showed for these points before 5.9.
   *
   * @return 0 to about 2000; negative points show as 0
   */
  public int oomScoreBefore59() {
    return (int) (Math.max(0, points()) * 1000 / totalpages);
  }
}
