package io.github.oom4j;

import io.github.oom4j.internal.Counters;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The machine's memory at one moment: all of {@code /proc/meminfo} (proc_meminfo(5)), and what
 * {@code free} (procps-ng 4) derives from it. Immutable and thread-safe.
 *
 * <pre>{@code
 * MemInfo mem = MemInfo.read();
 * System.out.print(mem.toFreeTable());
 * }</pre>
 */
public final class MemInfo {

  private final Counters lines;

  private MemInfo(Counters lines, String source) {
    this.lines = lines;
    for (String required : new String[] {"MemTotal", "MemFree"}) {
      if (!lines.isKibibytes(required)) {
        throw new KernelFormatException(source + ": no line '" + required + ": <number> kB'");
      }
    }
  }

  /**
   * Reads {@code /proc/meminfo} now.
   *
   * @return the memory of this machine; in a container still that of the whole machine
   * @throws OomException if it can't be read, as on another system than Linux
   */
  public static MemInfo read() {
    return ProcFs.system().memInfo();
  }

  /**
   * Reads the text of a meminfo file. Lines of an unknown form are skipped.
   *
   * @param text the whole file
   * @return what it says
   * @throws KernelFormatException if it lacks {@code MemTotal} or {@code MemFree}
   */
  public static MemInfo parse(CharSequence text) {
    return parse(text.toString().getBytes(StandardCharsets.ISO_8859_1), "meminfo");
  }

  static MemInfo parse(byte[] text, String source) {
    return new MemInfo(Counters.parse(text, source), source);
  }

  /**
   * {@code MemTotal}: usable RAM.
   *
   * @return the size of RAM less what the kernel's code and a few reserved areas take
   */
  public ByteSize total() {
    return sizeOrZero("MemTotal");
  }

  /**
   * {@code MemFree}: RAM that nobody uses for anything.
   *
   * @return the free memory
   */
  public ByteSize free() {
    return sizeOrZero("MemFree");
  }

  /**
   * {@code MemAvailable}: what could be used without swapping, by the kernel's own estimate (3.14
   * and later). As {@code free} does, {@code MemFree} stands in where the kernel does not tell, or
   * tells 0 or more than there is.
   *
   * @return the available memory
   */
  public ByteSize available() {
    ByteSize available = sizeOrZero("MemAvailable");
    boolean odd = available.equals(ByteSize.ZERO) || available.compareTo(total()) > 0;
    return odd ? free() : available;
  }

  /**
   * What {@code free} calls used: total less {@link #available()} (procps 4.0.1 and later).
   *
   * @return the used memory
   */
  public ByteSize used() {
    return total().minusOrZero(available());
  }

  /**
   * What {@code free} calls buff/cache: {@code Buffers + Cached + SReclaimable}.
   *
   * @return memory of caches that the kernel can mostly give back
   */
  public ByteSize buffersAndCache() {
    long kibibytes =
        sizeOrZero("Buffers").toKibibytes()
            + sizeOrZero("Cached").toKibibytes()
            + sizeOrZero("SReclaimable").toKibibytes();
    return ByteSize.kibibytes(Math.min(kibibytes, Long.MAX_VALUE >> 10));
  }

  /**
   * What {@code free} calls shared: {@code Shmem}, memory of tmpfs and shared mappings.
   *
   * @return the shared memory; 0 also where the kernel does not tell
   */
  public ByteSize shared() {
    return sizeOrZero("Shmem");
  }

  /**
   * {@code SwapTotal}.
   *
   * @return all swap space; 0 where there is none
   */
  public ByteSize swapTotal() {
    return sizeOrZero("SwapTotal");
  }

  /**
   * {@code SwapFree}.
   *
   * @return unused swap space
   */
  public ByteSize swapFree() {
    return sizeOrZero("SwapFree");
  }

  /**
   * Swap space in use.
   *
   * @return {@link #swapTotal()} less {@link #swapFree()}
   */
  public ByteSize swapUsed() {
    return swapTotal().minusOrZero(swapFree());
  }

  /**
   * A size by its name in the file, such as {@code Committed_AS}.
   *
   * @param name the name, without its colon
   * @return the size, or empty if this kernel prints no such line in kB
   */
  public Optional<ByteSize> size(String name) {
    OptionalLong value = lines.get(name);
    return value.isPresent() && lines.isKibibytes(name)
        ? Optional.of(ByteSize.kibibytes(Math.min(value.getAsLong(), Long.MAX_VALUE >> 10)))
        : Optional.empty();
  }

  /**
   * A plain number by its name in the file, such as {@code HugePages_Total}.
   *
   * @param name the name, without its colon
   * @return the number, or empty if this kernel prints no such line without unit
   */
  public OptionalLong count(String name) {
    return lines.isKibibytes(name) ? OptionalLong.empty() : lines.get(name);
  }

  /**
   * Every line of the file, by name and in its order, with the number as printed: in kB for sizes,
   * without unit for counts.
   *
   * @return an unmodifiable map
   */
  public Map<String, Long> asPrinted() {
    return lines.asMap();
  }

  private ByteSize sizeOrZero(String name) {
    return size(name).orElse(ByteSize.ZERO);
  }

  /**
   * The table that {@code free -h} of procps-ng 4 prints for these numbers, to the character.
   *
   * @return three lines, each ended by a newline
   */
  public String toFreeTable() {
    return row("", "total", "used", "free", "shared", "buff/cache", "available")
        + row("Mem:", total(), used(), free(), shared(), buffersAndCache(), available())
        + row("Swap:", swapTotal(), swapUsed(), swapFree());
  }

  private static String row(String head, Object... cells) {
    StringBuilder row = new StringBuilder(String.format("%-8s", head));
    for (Object cell : cells) {
      row.append(String.format("%12s", cell));
    }
    return row.append('\n').toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MemInfo that && lines.equals(that.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** The numbers as printed. */
  @Override
  public String toString() {
    return "MemInfo" + lines;
  }
}
