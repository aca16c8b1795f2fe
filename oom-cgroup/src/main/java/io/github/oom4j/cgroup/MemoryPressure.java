package io.github.oom4j.cgroup;

import io.github.oom4j.KernelFormatException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much time is lost for want of memory: pressure stall information, {@code memory.pressure} of
 * a cgroup or {@code /proc/pressure/memory} of the machine (Documentation/accounting/psi.rst). It
 * rises while the kernel reclaims, swaps and reads back what it just dropped: before an OOM kill.
 * Immutable.
 *
 * @param some while at least one task waited for memory
 * @param full while all tasks that could have run waited for it at the same time
 */
public record MemoryPressure(Stall some, Stall full) {

  private static final Path SYSTEM = Path.of("/proc/pressure/memory");

  private static final Pattern LINE =
      Pattern.compile(
          "(some|full) avg10=(\\d{1,3}\\.\\d{2}) avg60=(\\d{1,3}\\.\\d{2})"
              + " avg300=(\\d{1,3}\\.\\d{2}) total=(\\d{1,19})(?: .*)?");

  /**
   * One line of the file.
   *
   * @param avg10 the share of the last 10 s, in percent from 0 to 100 with two decimals; a running
   *     average that the kernel brings up to date every 2 s
   * @param avg60 the same of the last minute
   * @param avg300 the same of the last five minutes
   * @param total all the time since boot, or since the cgroup was made, to the microsecond
   */
  public record Stall(double avg10, double avg60, double avg300, Duration total) {}

  /**
   * The pressure of the whole machine.
   *
   * @return what {@code /proc/pressure/memory} says now
   * @throws UnsupportedKernelException if this kernel does not have it (4.20), or has it off
   * @throws OomException if it can't be read
   */
  public static MemoryPressure read() {
    return read(SYSTEM, "boot with psi=1, on a kernel built with CONFIG_PSI");
  }

  static MemoryPressure of(Path cgroup) {
    Path file = cgroup.resolve("memory.pressure");
    try {
      return read(file, "it takes 1 in cgroup.pressure, and a machine booted with psi=1");
    } catch (UnsupportedKernelException e) {
      if (Files.notExists(cgroup)) {
        throw CgroupFile.gone(cgroup, "memory.pressure", e);
      }
      throw e;
    }
  }

  /**
   * Calls back each time the memory pressure of the whole machine goes beyond a threshold.
   *
   * <pre>{@code
   * PressureTrigger trigger = PressureTrigger.some(Duration.ofMillis(150), Duration.ofSeconds(2));
   * try (EventSubscription watch = MemoryPressure.onPressure(trigger, now -> cache.shrink())) {
   *   serve();
   * }
   * }</pre>
   *
   * @param trigger how much pressure
   * @param listener gets what {@code /proc/pressure/memory} says when the trigger fires; at most
   *     once in a window. Called as {@link EventSubscription} says
   * @return the subscription, to be closed
   * @throws io.github.oom4j.DeniedException if this process may not do it: before about 6.5 it
   *     takes CAP_SYS_RESOURCE, since then windows other than 2, 4, 6, 8 and 10 s do
   * @throws UnsupportedKernelException if this kernel does not have it (5.2), or has it off, or JNA
   *     can't load
   * @throws OomException if it can't be watched for another reason
   */
  public static EventSubscription onPressure(
      PressureTrigger trigger, Consumer<? super MemoryPressure> listener) {
    return Subscriptions.pressure(SYSTEM, trigger, listener);
  }

  /** What {@link Stall#total()} is, as the trigger counts it. */
  Duration total(PressureTrigger.Kind kind) {
    return (kind == PressureTrigger.Kind.SOME ? some : full).total();
  }

  /** Reads a file; those of cgroups may be switched off one by one. */
  static MemoryPressure read(Path file, String remedy) {
    String text;
    try {
      text = KernelFile.readText(file);
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw KernelFile.failure("read the memory pressure", file, e, remedy);
    } catch (IOException e) {
      // EOPNOTSUPP: built in, but off (psi_show). The JDK keeps errno as a localized text only.
      throw new UnsupportedKernelException(
          "could not read the memory pressure: %s: %s; %s".formatted(file, e.getMessage(), remedy),
          e);
    }
    return parse(text, file.toString());
  }

  /**
   * Reads the text of such a file. Lines and words that are not known yet are skipped.
   *
   * @param text the whole file
   * @return what it says
   * @throws KernelFormatException if one of the two lines is missing or malformed
   */
  public static MemoryPressure parse(CharSequence text) {
    return parse(text, "memory.pressure");
  }

  static MemoryPressure parse(CharSequence text, String source) {
    return new MemoryPressure(stall("some", text, source), stall("full", text, source));
  }

  private static Stall stall(String kind, CharSequence text, String source) {
    return text.toString()
        .lines()
        .map(LINE::matcher)
        .filter(line -> line.matches() && line.group(1).equals(kind))
        .findFirst()
        .flatMap(MemoryPressure::stall)
        .orElseThrow(
            () ->
                new KernelFormatException(
                    source
                        + ": expected a line such as '"
                        + kind
                        + " avg10=0.00 avg60=0.00 avg300=0.00 total=0'"));
  }

  private static Optional<Stall> stall(Matcher line) {
    try {
      // The kernel counts to 2^64 ns (psi_show).
      long micros = Long.parseLong(line.group(5));
      return Optional.of(
          new Stall(
              Double.parseDouble(line.group(2)),
              Double.parseDouble(line.group(3)),
              Double.parseDouble(line.group(4)),
              Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1000)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
