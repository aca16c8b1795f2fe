package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The compressed swap in RAM of a cgroup (cgroup v2, 5.19), with everything nested in it.
 * Immutable.
 *
 * @param current what the compressed pages use: {@code memory.zswap.current}. {@code zswapped} of
 *     {@link MemoryStat} is what they were before
 * @param max its own limit: {@code memory.zswap.max}
 * @param writeback whether its pages may go on from there to a disk: {@code
 *     memory.zswap.writeback}, since 6.8
 */
public record ZswapUsage(ByteSize current, Limit max, Optional<Boolean> writeback) {

  static ZswapUsage read(Path cgroup) {
    String writeback = "memory.zswap.writeback";
    return new ZswapUsage(
        ByteSize.bytes(CgroupFile.number(cgroup, "memory.zswap.current")),
        CgroupFile.limit(cgroup, "memory.zswap.max"),
        Files.exists(cgroup.resolve(writeback))
            ? Optional.of(CgroupFile.number(cgroup, writeback) != 0)
            : Optional.empty());
  }
}
