package io.github.oom4j;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code Memory cgroup stats for <path>}: what a cgroup's memory consisted of. Every name that was
 * printed is kept. Immutable.
 *
 * <p>The names are those of {@code memory.stat}: {@code anon file kernel ..} in cgroup v2, {@code
 * cache rss .. total_cache ..} in v1. Source: {@code mem_cgroup_print_oom_meminfo()} in
 * mm/memcontrol.c.
 *
 * @param cgroup whose statistics; empty if the line that names it was lost or cut
 * @param values by name and in the order printed; bytes for sizes, counts for events
 */
public record CgroupStatistics(Optional<String> cgroup, Map<String, Long> values) {

  /**
   * Copies what is mutable.
   *
   * @param cgroup the component of that name
   * @param values the component of that name
   */
  public CgroupStatistics {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * A value that is a size.
   *
   * @param name such as {@code anon} or {@code slab_unreclaimable}
   * @return the size; empty if it was not printed, or if the name is that of a count
   */
  public Optional<ByteSize> size(String name) {
    Long value = values.get(name);
    return value == null || isCount(name) ? Optional.empty() : Optional.of(ByteSize.bytes(value));
  }

  /**
   * A value that counts something.
   *
   * @param name such as {@code pgfault} or {@code workingset_refault_anon}
   * @return the count; empty if it was not printed, or if the name is that of a size
   */
  public OptionalLong count(String name) {
    Long value = values.get(name);
    return value == null || !isCount(name) ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * Whether a value of that name counts events or pages: {@code pg*}, {@code thp_*}, {@code
   * workingset_*}, {@code numa_*} and {@code zswp*}, with or without v1's {@code total_}.
   *
   * @param name the name of a value
   * @return true for a count, false for a size in bytes
   */
  public static boolean isCount(String name) {
    String own = name.startsWith("total_") ? name.substring("total_".length()) : name;
    return own.startsWith("pg")
        || own.startsWith("thp_")
        || own.startsWith("workingset_")
        || own.startsWith("numa_")
        || own.startsWith("zswp")
        || own.startsWith("swpin")
        || own.startsWith("swpout");
  }
}
