package io.github.oom4j;

import io.github.oom4j.internal.Counters;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The machine's virtual memory counters at one moment: {@code /proc/vmstat} (proc_vmstat(5)).
 * Immutable and thread-safe.
 */
public final class VmStat {

  private final Counters lines;

  private VmStat(Counters lines) {
    this.lines = lines;
  }

  /**
   * Reads {@code /proc/vmstat} now.
   *
   * @return the counters of this machine
   * @throws OomException if it can't be read, as on another system than Linux
   */
  public static VmStat read() {
    return ProcFs.system().vmStat();
  }

  /**
   * Reads the text of a vmstat file. Lines of an unknown form are skipped.
   *
   * @param text the whole file
   * @return what it says
   * @throws KernelFormatException if there is not one counter in it
   */
  public static VmStat parse(CharSequence text) {
    return parse(text.toString().getBytes(StandardCharsets.ISO_8859_1), "vmstat");
  }

  static VmStat parse(byte[] text, String source) {
    return new VmStat(Counters.parse(text, source));
  }

  /**
   * {@code oom_kill}: how many processes the OOM killer has killed since boot, for a cgroup's limit
   * or for the whole machine. Anyone may read it, in containers too. If it did not grow while a
   * process lived, the OOM killer did not end that process.
   *
   * @return the count, or empty before 4.13
   */
  public OptionalLong oomKill() {
    return count("oom_kill");
  }

  /**
   * A counter by its name, such as {@code pswpout}. Names starting with {@code nr_} count pages
   * now, the others events since boot.
   *
   * @param name the name
   * @return the number, or empty if this kernel has no such counter
   */
  public OptionalLong count(String name) {
    return lines.get(name);
  }

  /**
   * Every counter, by name and in the order of the file.
   *
   * @return an unmodifiable map
   */
  public Map<String, Long> asPrinted() {
    return lines.asMap();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VmStat that && lines.equals(that.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** The numbers as printed. */
  @Override
  public String toString() {
    return "VmStat" + lines;
  }
}
