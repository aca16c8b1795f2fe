package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelFormatException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On which NUMA nodes the memory of a cgroup is, with everything nested in it: {@code
 * memory.numa_stat} (Documentation/admin-guide/cgroup-v2.rst; v1/memory.rst). Immutable.
 */
public final class NumaStat {

  /** {@code anon N0=57344 N1=45359104}; on v1 {@code total=6202 N0=6202}. */
  private static final Pattern LINE =
      Pattern.compile("(\\S+?)(?:=\\d{1,18})?((?: N\\d{1,9}=\\d{1,18})+)");

  private static final Pattern NODE = Pattern.compile(" N(\\d+)=(\\d+)");

  private final Map<String, Map<Integer, Long>> lines;
  private final Optional<Integer> pageSize;

  private NumaStat(Map<String, Map<Integer, Long>> lines, Optional<Integer> pageSize) {
    this.lines = lines;
    this.pageSize = pageSize;
  }

  /**
   * Reads the text of the file as cgroup v2 prints it. Lines of an unknown form are skipped.
   *
   * @param text the whole file
   * @return what it says
   * @throws KernelFormatException if there is not one number of a node in it
   */
  public static NumaStat parse(CharSequence text) {
    return new NumaStat(lines(text, "memory.numa_stat"), Optional.empty());
  }

  static NumaStat parse(CharSequence text, String source) {
    return new NumaStat(lines(text, source), Optional.empty());
  }

  /** v1 counts pages. */
  static NumaStat parseV1(CharSequence text, String source, int pageSize) {
    return new NumaStat(lines(text, source), Optional.of(pageSize));
  }

  private static Map<String, Map<Integer, Long>> lines(CharSequence text, String source) {
    Map<String, Map<Integer, Long>> lines = new LinkedHashMap<>();
    for (String line : text.toString().lines().toList()) {
      Matcher form = LINE.matcher(line);
      if (form.matches()) {
        Map<Integer, Long> nodes = new TreeMap<>();
        for (Matcher node = NODE.matcher(form.group(2)); node.find(); ) {
          nodes.put(Integer.valueOf(node.group(1)), Long.valueOf(node.group(2)));
        }
        lines.putIfAbsent(form.group(1), Collections.unmodifiableMap(nodes));
      }
    }
    if (lines.isEmpty()) {
      throw new KernelFormatException(source + ": expected a line such as 'anon N0=4096'");
    }
    return Collections.unmodifiableMap(lines);
  }

  /**
   * The nodes that the file tells of.
   *
   * @return their numbers, in ascending order
   */
  public Set<Integer> nodes() {
    Set<Integer> nodes = new TreeSet<>();
    lines.values().forEach(line -> nodes.addAll(line.keySet()));
    return Collections.unmodifiableSet(nodes);
  }

  /**
   * How much memory of a kind is on a node.
   *
   * @param node the number of the node
   * @param name as in {@code memory.stat}, such as {@code anon}; on v1 there are {@code total},
   *     {@code file}, {@code anon} and {@code unevictable}
   * @return the size; empty if the file does not tell it, or counts events by that name
   */
  public Optional<ByteSize> size(int node, String name) {
    if (MemoryStat.isCount(name)) {
      return Optional.empty();
    }
    long unit = pageSize.orElse(1);
    // Without the prefix a line of v1 leaves out what is nested.
    return value(node, "hierarchical_" + name)
        .or(() -> value(node, name))
        .map(value -> ByteSize.bytes(Math.min(value, Long.MAX_VALUE / unit) * unit));
  }

  /**
   * A count of a node.
   *
   * @param node the number of the node
   * @param name as in {@code memory.stat}, such as {@code workingset_refault_anon}
   * @return the number since the cgroup was made; empty if the file does not tell it, or tells a
   *     size by that name
   */
  public OptionalLong count(int node, String name) {
    return MemoryStat.isCount(name)
        ? value(node, name).map(OptionalLong::of).orElse(OptionalLong.empty())
        : OptionalLong.empty();
  }

  private Optional<Long> value(int node, String name) {
    return Optional.ofNullable(lines.getOrDefault(name, Map.of()).get(node));
  }

  /**
   * Every line by its name, in the order of the file, and in it every node: bytes or counts, on v1
   * pages.
   *
   * @return an unmodifiable map of unmodifiable maps
   */
  public Map<String, Map<Integer, Long>> asPrinted() {
    return lines;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumaStat that
        && lines.equals(that.lines)
        && pageSize.equals(that.pageSize);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** The numbers as printed. */
  @Override
  public String toString() {
    return "NumaStat" + lines;
  }
}
