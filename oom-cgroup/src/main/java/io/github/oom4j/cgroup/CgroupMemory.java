package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The memory of a cgroup at one moment. Immutable.
 *
 * @param current what it uses, with everything nested in it: {@code memory.current}, on cgroup v1
 *     {@code memory.usage_in_bytes}
 * @param max its own limit: {@code memory.max}, on v1 {@code memory.limit_in_bytes}; limits of the
 *     cgroups above it hold too
 * @param swapCurrent the swap it uses: {@code memory.swap.current}, on v1 memory and swap together
 *     less memory; empty if the kernel does not count it
 * @param swapMax its own swap limit: {@code memory.swap.max}, on v1 the limit of memory and swap
 *     together less that of memory; empty if the kernel does not count swap
 * @param peak the most it ever used: {@code memory.peak}, since 5.19; on v1 {@code
 *     memory.max_usage_in_bytes}
 * @param stat every line of {@code memory.stat} by its name, in the order of the file: bytes, or
 *     counts of events
 */
public record CgroupMemory(
    ByteSize current,
    Limit max,
    Optional<ByteSize> swapCurrent,
    Optional<Limit> swapMax,
    Optional<ByteSize> peak,
    Map<String, Long> stat) {

  /**
   * Copies what is mutable.
   *
   * @param current the component of that name
   * @param max the component of that name
   * @param swapCurrent the component of that name
   * @param swapMax the component of that name
   * @param peak the component of that name
   * @param stat the component of that name
   */
  public CgroupMemory {
    stat = Collections.unmodifiableMap(new LinkedHashMap<>(stat));
  }
}
