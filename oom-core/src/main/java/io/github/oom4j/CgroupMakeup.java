package io.github.oom4j;

import java.util.Optional;

/**
 * What a cgroup's memory consisted of, under cgroup v2's names: v1 prints {@code rss} for anon and
 * {@code cache} for file. Where statistics of the cgroups below were printed too (3.10 to 5.0),
 * each tells its own part only, and they are added.
 *
 * @param anon memory of processes, without files behind it
 * @param file page cache, with shmem
 * @param shmem tmpfs and shared memory
 * @param kernel memory of the kernel; since 5.18
 * @param slab part of that; since 4.10 or so
 * @param swap swapped out memory, in v1
 */
record CgroupMakeup(
    Optional<ByteSize> anon,
    Optional<ByteSize> file,
    Optional<ByteSize> shmem,
    Optional<ByteSize> kernel,
    Optional<ByteSize> slab,
    Optional<ByteSize> swap) {

  static CgroupMakeup of(MemoryReport memory) {
    return new CgroupMakeup(
        sum(memory, "anon", "rss"),
        sum(memory, "file", "cache"),
        sum(memory, "shmem", "shmem"),
        sum(memory, "kernel", "kernel"),
        sum(memory, "slab", "slab"),
        sum(memory, "swap", "swap"));
  }

  private static Optional<ByteSize> sum(MemoryReport memory, String v2, String v1) {
    boolean total =
        memory.statistics().size() == 1 && memory.cgroupStats().containsKey("total_" + v1);
    return memory.statistics().stream()
        .map(stats -> total ? stats.size("total_" + v1) : stats.size(v2).or(() -> stats.size(v1)))
        .flatMap(Optional::stream)
        .reduce((one, other) -> ByteSize.bytes(Math.max(0, one.bytes() + other.bytes())));
  }
}
