package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.OomScore;
import java.util.List;
import java.util.Optional;

/**
 * How a command in a box ended. Immutable.
 *
 * @param exitValue its exit value: 128 + signal if a signal ended it
 * @param verdict why it ended
 * @param peak the most memory the box had used until then; empty if this kernel does not keep it
 *     (cgroup v2 before 5.19)
 * @param events how often the box had met its limits until then
 * @param backend who made the box
 * @param leftBehind what still ran in the box when the command had ended, in ascending order of
 *     PID; without what was dying already
 */
public record ScopeResult(
    int exitValue,
    ExitVerdict verdict,
    Optional<ByteSize> peak,
    MemoryEvents events,
    ScopeBackend backend,
    List<OomScore> leftBehind) {

  /**
   * Copies what is mutable.
   *
   * @param exitValue the component of that name
   * @param verdict the component of that name
   * @param peak the component of that name
   * @param events the component of that name
   * @param backend the component of that name
   * @param leftBehind the component of that name
   */
  public ScopeResult {
    leftBehind = List.copyOf(leftBehind);
  }
}
