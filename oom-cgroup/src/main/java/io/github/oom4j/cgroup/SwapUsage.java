package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The swap of a cgroup at one moment, with everything nested in it. Immutable.
 *
 * @param current what it uses: {@code memory.swap.current}; on cgroup v1 memory and swap together
 *     less memory
 * @param max its own limit: {@code memory.swap.max}; on v1 the limit of memory and swap together
 *     less that of memory. Limits of the cgroups above it hold too
 * @param high where it is slowed down: {@code memory.swap.high}, since 5.8; not on v1
 * @param peak the most it ever used: {@code memory.swap.peak}, since 6.5; not on v1
 * @param events how often it met these limits; not on v1
 */
public record SwapUsage(
    ByteSize current, Limit max, Optional<Limit> high, Optional<ByteSize> peak, Events events) {

  /**
   * {@code memory.swap.events}, since 4.18: counts since the cgroup was made, each empty where the
   * kernel does not print it.
   *
   * @param high stood above {@code memory.swap.high}
   * @param max was about to go over {@code memory.swap.max}, or the machine's swap was full
   * @param fail got no swap, for its limit or because the machine's swap was full
   */
  public record Events(OptionalLong high, OptionalLong max, OptionalLong fail) {

    static final Events UNKNOWN =
        new Events(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }
}
