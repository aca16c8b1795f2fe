package io.github.oom4j.cgroup;

/**
 * Two states of the same counters, one after the other. Immutable.
 *
 * @param before the state that was told last, or that at the time of subscription
 * @param now the state when the listener was called
 */
public record MemoryEventsChange(MemoryEvents before, MemoryEvents now) {

  /**
   * By how much each counter grew.
   *
   * @return the differences; empty where the kernel does not count
   */
  public MemoryEvents growth() {
    return new MemoryEvents(
        Snapshot.growth(before.low(), now.low()),
        Snapshot.growth(before.high(), now.high()),
        Snapshot.growth(before.max(), now.max()),
        Snapshot.growth(before.oom(), now.oom()),
        Snapshot.growth(before.oomKill(), now.oomKill()),
        Snapshot.growth(before.oomGroupKill(), now.oomGroupKill()));
  }
}
