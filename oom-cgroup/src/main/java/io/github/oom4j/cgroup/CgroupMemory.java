package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.util.Optional;

/**
 * The memory of a cgroup and its own settings at one moment. The settings of the cgroups above it
 * hold too: see {@link Cgroup#effectiveMax()}. Immutable.
 *
 * @param current what it uses, with everything nested in it: {@code memory.current}, on cgroup v1
 *     {@code memory.usage_in_bytes}
 * @param peak the most it ever used: {@code memory.peak}, since 5.19; on v1 {@code
 *     memory.max_usage_in_bytes}
 * @param min what is never reclaimed of it: {@code memory.min}, since 4.18; not on v1
 * @param low what is reclaimed of it only in need: {@code memory.low}; not on v1
 * @param high above it, it is slowed down and made to reclaim: {@code memory.high}; not on v1
 * @param max its limit, at which it is OOM-killed: {@code memory.max}, on v1 {@code
 *     memory.limit_in_bytes}
 */
public record CgroupMemory(
    ByteSize current,
    Optional<ByteSize> peak,
    Optional<Limit> min,
    Optional<Limit> low,
    Optional<Limit> high,
    Limit max) {}
