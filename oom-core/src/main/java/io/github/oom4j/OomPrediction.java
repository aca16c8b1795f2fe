package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an OOM would do now, and how sure that is. Immutable.
 *
 * @param domain who competes for what
 * @param fate what the kernel's settings make it do
 * @param victims who would be killed: the process that is picked, and with a group all that die
 *     with it; empty unless the fate is {@link OomFate#KILL}
 * @param group the cgroup whose {@code memory.oom.group} makes them die together; empty if the
 *     victim dies alone
 * @param rivals who might be picked instead, since the difference is within the margin
 * @param margin how much the kernel's own counters may be off between two processes. Since 6.2 they
 *     are kept per CPU, and the OOM killer reads them without adding up; zero before
 * @param blindSpots what was not seen and might be picked instead
 * @param dying processes that were killed or are ending, and still have their memory: if the OOM
 *     killer did it, it waits for them and picks nobody
 */
public record OomPrediction(
    OomDomain domain,
    OomFate fate,
    List<OomScore> victims,
    Optional<String> group,
    List<OomScore> rivals,
    ByteSize margin,
    Set<BlindSpot> blindSpots,
    List<OomScore> dying) {

  /**
   * Copies what is mutable.
   *
   * @param domain the component of that name
   * @param fate the component of that name
   * @param victims the component of that name
   * @param group the component of that name
   * @param rivals the component of that name
   * @param margin the component of that name
   * @param blindSpots the component of that name
   * @param dying the component of that name
   */
  public OomPrediction {
    victims = List.copyOf(victims);
    rivals = List.copyOf(rivals);
    blindSpots = Set.copyOf(blindSpots);
    dying = List.copyOf(dying);
  }

  /**
   * How sure this is, for the memory that the processes have now.
   *
   * @return {@link Confidence#CERTAIN}: nothing else fits; {@link Confidence#LIKELY}: one of the
   *     rivals may be picked, or nobody while one is dying; {@link Confidence#INCOMPLETE}: a
   *     process that was not seen may be picked
   */
  public Confidence confidence() {
    if (!blindSpots.isEmpty()) {
      return Confidence.INCOMPLETE;
    }
    return rivals.isEmpty() && dying.isEmpty() ? Confidence.CERTAIN : Confidence.LIKELY;
  }

  /**
   * Whether a process may be among those who die, be it that a rival in its group is picked.
   *
   * @param pid the process
   * @return false if it surely is not, as far as was seen
   */
  public boolean mayKill(long pid) {
    return victims.stream().anyMatch(v -> v.pid() == pid)
        || rivals.stream().anyMatch(r -> r.pid() == pid);
  }

  /**
   * The prediction in plain words.
   *
   * @return one to four sentences
   */
  public String explain() {
    return PredictionStory.of(this);
  }
}
