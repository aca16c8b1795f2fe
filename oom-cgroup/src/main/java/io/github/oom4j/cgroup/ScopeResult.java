package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
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
 */
public record ScopeResult(
    int exitValue,
    ExitVerdict verdict,
    Optional<ByteSize> peak,
    MemoryEvents events,
    ScopeBackend backend) {}
