package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.time.Duration;
import java.util.Optional;

/**
 * The memory of a cgroup at one moment of a {@link MemoryTimeline}; where the timeline was thinned
 * out, the most of each in a span of time. What this kernel does not tell is empty. Immutable.
 *
 * @param at when, from the start of the recording
 * @param current what it used: {@code memory.current}, on cgroup v1 {@code memory.usage_in_bytes}
 * @param anon memory that no file stands behind, such as heaps: {@code anon} of {@code
 *     memory.stat}, on v1 {@code total_rss}
 * @param file the page cache, with tmpfs and shared memory: {@code file} of {@code memory.stat}, on
 *     v1 {@code total_cache}
 * @param swap what was swapped out: {@code memory.swap.current}, on v1 {@code total_swap} of {@code
 *     memory.stat}; it is not part of {@code current}
 * @param max its limit: {@code memory.max}, on v1 {@code memory.limit_in_bytes}
 * @param some how long at least one task had waited for memory since the cgroup was made: {@code
 *     total} of {@code memory.pressure}; not on v1
 * @param full how long all tasks that could have run had waited at the same time; not on v1
 */
public record TimelineSample(
    Duration at,
    ByteSize current,
    Optional<ByteSize> anon,
    Optional<ByteSize> file,
    Optional<ByteSize> swap,
    Limit max,
    Optional<Duration> some,
    Optional<Duration> full) {}
