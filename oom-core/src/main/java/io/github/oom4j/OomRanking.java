package io.github.oom4j;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who dies next: the processes of the machine in the order in which a system-wide OOM would kill
 * them, by recomputed badness. Immutable and thread-safe.
 *
 * <pre>{@code
 * OomRanking ranking = OomRanking.system();
 * ranking.next().ifPresent(next -> System.out.println(next.comm() + " dies next"));
 * }</pre>
 *
 * <p>It is taken in one pass, and each process is read through one open file, so that no entry
 * mixes two processes; one that ends meanwhile is left out. On a tie the process that started last
 * comes first, as the kernel scans in the order of start and takes the last of equals. In a
 * container only the processes of its own PID namespace are seen.
 *
 * @param victims the processes that may be killed, the next one first
 * @param spared the processes that are never picked; see {@link OomScore#killability()}
 * @param unreadable PIDs of processes that this user may not look at
 */
public record OomRanking(List<OomScore> victims, List<OomScore> spared, List<Long> unreadable) {

  /**
   * Copies what is mutable.
   *
   * @param victims the component of that name
   * @param spared the component of that name
   * @param unreadable the component of that name
   */
  public OomRanking {
    victims = List.copyOf(victims);
    spared = List.copyOf(spared);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * Ranks all processes of the machine now.
   *
   * @return the ranking
   * @throws OomException if /proc can't be read
   */
  public static OomRanking system() {
    return ProcFs.system().ranking();
  }

  /**
   * The process that a system-wide OOM would kill first.
   *
   * @return the first of {@link #victims()}, or empty if there is none
   */
  public Optional<OomScore> next() {
    return victims.stream().findFirst();
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
}
