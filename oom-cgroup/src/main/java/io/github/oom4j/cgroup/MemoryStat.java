package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.internal.Counters;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What the memory of a cgroup is made of, with everything nested in it: {@code memory.stat}
 * (Documentation/admin-guide/cgroup-v2.rst). The named methods read v1 too, from its {@code total_}
 * lines; what a kernel does not print is empty. Immutable.
 */
public final class MemoryStat {

  /** Events and pages moved, since the cgroup was made; all other lines are bytes now. */
  private static final Pattern COUNTS =
      Pattern.compile("(?:total_)?(?:pg|pswp|swp|zswpin|zswpout|zswpwb|thp_|workingset_|numa_).*");

  private final Counters lines;

  private MemoryStat(Counters lines) {
    this.lines = lines;
  }

  /**
   * Reads the text of the file. Lines of an unknown form are skipped.
   *
   * @param text the whole file
   * @return what it says
   * @throws KernelFormatException if there is not one number in it
   */
  public static MemoryStat parse(CharSequence text) {
    byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    return new MemoryStat(Counters.parse(bytes, "memory.stat"));
  }

  static MemoryStat of(Counters lines) {
    return new MemoryStat(lines);
  }

  /** Whether the line of that name counts events or pages, and not bytes. */
  static boolean isCount(String name) {
    return COUNTS.matcher(name).matches();
  }

  /**
   * A size by its name in the file, such as {@code percpu}.
   *
   * @param name the name
   * @return the size now; empty if this kernel has no such line, or counts with it
   */
  public Optional<ByteSize> size(String name) {
    OptionalLong value = isCount(name) ? OptionalLong.empty() : lines.get(name);
    return value.isPresent() ? Optional.of(ByteSize.bytes(value.getAsLong())) : Optional.empty();
  }

  /**
   * A count by its name in the file, such as {@code pgscan_kswapd}. Those that start with {@code
   * pg}, {@code pswp}, {@code swp}, {@code zswp}, {@code thp_}, {@code workingset_} or {@code
   * numa_} are counts.
   *
   * @param name the name
   * @return the number since the cgroup was made; empty if this kernel has no such line, or tells a
   *     size with it
   */
  public OptionalLong count(String name) {
    return isCount(name) ? lines.get(name) : OptionalLong.empty();
  }

  /**
   * Every line, by its name and in the order of the file: bytes, or counts.
   *
   * @return an unmodifiable map
   */
  public Map<String, Long> asPrinted() {
    return lines.asMap();
  }

  /**
   * {@code anon}, on v1 {@code total_rss}: memory that no file stands behind, such as heaps;
   * without swap it can't be reclaimed.
   *
   * @return the size
   */
  public Optional<ByteSize> anon() {
    return size("anon").or(() -> size("total_rss"));
  }

  /**
   * {@code file}, on v1 {@code total_cache}: the page cache, with tmpfs and shared memory.
   *
   * @return the size
   */
  public Optional<ByteSize> file() {
    return size("file").or(() -> size("total_cache"));
  }

  /**
   * {@code shmem}: the part of {@link #file()} that is tmpfs and shared memory, which takes swap to
   * be reclaimed.
   *
   * @return the size
   */
  public Optional<ByteSize> shmem() {
    return nested("shmem");
  }

  /**
   * {@code file_dirty}, on v1 {@code total_dirty}: page cache that must be written before it can be
   * reclaimed.
   *
   * @return the size
   */
  public Optional<ByteSize> fileDirty() {
    return size("file_dirty").or(() -> size("total_dirty"));
  }

  /**
   * {@code inactive_file}: page cache that nobody used for some time. What some monitors call the
   * working set is {@code memory.current} less this.
   *
   * @return the size
   */
  public Optional<ByteSize> inactiveFile() {
    return nested("inactive_file");
  }

  /**
   * {@code unevictable}: memory that is locked and never reclaimed.
   *
   * @return the size
   */
  public Optional<ByteSize> unevictable() {
    return nested("unevictable");
  }

  /**
   * {@code kernel}: what the kernel itself uses for this cgroup, slab, stacks and page tables among
   * it; since 5.18, not on v1.
   *
   * @return the size
   */
  public Optional<ByteSize> kernel() {
    return size("kernel");
  }

  /**
   * {@code slab}: the kernel's own objects, such as inodes; not on v1.
   *
   * @return the size
   */
  public Optional<ByteSize> slab() {
    return size("slab");
  }

  /**
   * {@code slab_reclaimable}: the part of {@link #slab()} that caches; not on v1.
   *
   * @return the size
   */
  public Optional<ByteSize> slabReclaimable() {
    return size("slab_reclaimable");
  }

  /**
   * {@code sock}: buffers of network connections; not on v1.
   *
   * @return the size
   */
  public Optional<ByteSize> sock() {
    return size("sock");
  }

  /**
   * {@code pgfault}: page faults.
   *
   * @return the count
   */
  public OptionalLong pgfault() {
    return nestedCount("pgfault");
  }

  /**
   * {@code pgmajfault}: page faults that had to read from a disk.
   *
   * @return the count
   */
  public OptionalLong pgmajfault() {
    return nestedCount("pgmajfault");
  }

  /**
   * {@code workingset_refault_anon}: pages that were swapped out and soon needed again; since 5.9.
   *
   * @return the count
   */
  public OptionalLong workingsetRefaultAnon() {
    return nestedCount("workingset_refault_anon");
  }

  /**
   * {@code workingset_refault_file}: pages of files that were dropped and soon needed again; since
   * 5.9. A steady growth is thrashing.
   *
   * @return the count
   */
  public OptionalLong workingsetRefaultFile() {
    return nestedCount("workingset_refault_file");
  }

  /** Without the prefix a line of v1 leaves out what is nested. */
  private Optional<ByteSize> nested(String name) {
    return size("total_" + name).or(() -> size(name));
  }

  private OptionalLong nestedCount(String name) {
    OptionalLong v1 = count("total_" + name);
    return v1.isPresent() ? v1 : count(name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MemoryStat that && lines.equals(that.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** The numbers as printed. */
  @Override
  public String toString() {
    return "MemoryStat" + lines;
  }
}
