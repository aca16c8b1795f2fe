package io.github.oom4j.cgroup.internal;

import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The clock that stamps the kernel's log: time since boot without the time that the machine slept.
 * Nothing reads it directly; the monotonic clock runs beside it.
 */
public final class PrintkClock {

  /** {@code PROC_TIME_INIT_INO} of include/linux/proc_ns.h, since 5.6. */
  private static final String INITIAL = "time:[4026531834]";

  private static final long SECOND = 1_000_000_000;

  /** The kernel disciplines the monotonic clock (NTP), not this one; calibration errs by less. */
  private static final long DRIFT_PPM = 200;

  private PrintkClock() {}

  /**
   * Now.
   *
   * @return the time, or empty if this JVM's clock can't be related to the kernel's, as in a time
   *     namespace
   */
  public static Optional<Duration> now() {
    Path namespace = Path.of("/proc/self/ns/time");
    try {
      if (Files.exists(namespace)
          && !Files.readSymbolicLink(namespace).toString().equals(INITIAL)) {
        return Optional.empty();
      }
      // On Linux a JVM's nanoTime is CLOCK_MONOTONIC, though nothing says it has to be: it then is
      // no later than the uptime, which includes sleep.
      long now = System.nanoTime();
      String uptime = KernelFile.readText(Path.of("/proc/uptime"));
      long most =
          new BigDecimal(uptime.substring(0, uptime.indexOf(' '))).movePointRight(9).longValue();
      return now > 0 && now <= most + SECOND
          ? Optional.of(Duration.ofNanos(now))
          : Optional.empty();
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * By how much {@link #now()} may be wrong after some time.
   *
   * @param sinceBoot that time
   * @return the most it may have drifted
   */
  public static Duration drift(Duration sinceBoot) {
    return sinceBoot.multipliedBy(DRIFT_PPM).dividedBy(1_000_000);
  }
}
