package io.github.oom4j.bench;

import io.github.oom4j.kmsg.KernelLog;
import io.github.oom4j.kmsg.internal.KmsgDevice;
import io.github.oom4j.kmsg.internal.RecordSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Drains /dev/kmsg in turns with the same loop in C, {@code drainloop.c}: the fastest of many
 * rounds each time, and the median of the paired ratios. The ring must not be empty, nor grow
 * meanwhile.
 */
public final class DrainReport {

  private static final int PAIRS = 15;
  private static final int ROUNDS = 100;
  private static final Path DEVICE = Path.of("/dev/kmsg");

  private final byte[] buffer = new byte[16_384];

  private DrainReport() {}

  /**
   * Runs all.
   *
   * @param args the path of the compiled drainloop.c
   */
  public static void main(String... args) throws Exception {
    DrainReport report = new DrainReport();
    for (int i = 0; i < 20; i++) {
      report.fastest(report::read);
      report.fastest(DrainReport::kills);
    }
    List<Double> read = new ArrayList<>();
    List<Double> kills = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      long[] c = c(args[0]);
      read.add((double) c[1] / report.fastest(report::read));
      kills.add((double) c[1] / report.fastest(DrainReport::kills));
      System.out.printf(
          "%d records: C %d ns each, speed of reading %.2f, of kills() %.2f%n",
          c[0], c[1] / c[0], read.get(i), kills.get(i));
    }
    System.out.printf(
        "median speed relative to C: reading %.2f, with the parser to events %.2f (%d kills)%n",
        Report.median(read), Report.median(kills), kills());
  }

  private long fastest(LongSupplier drain) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      if (drain.getAsLong() < 0) {
        throw new IllegalStateException("the ring is empty");
      }
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }

  private long read() {
    long bytes = 0;
    try (RecordSource source = KmsgDevice.open(DEVICE)) {
      for (int n = source.read(buffer); n != RecordSource.DRAINED; n = source.read(buffer)) {
        bytes += n;
      }
    }
    return bytes;
  }

  private static long kills() {
    return KernelLog.system().kills().count();
  }

  private static long[] c(String program) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(program, Integer.toString(ROUNDS)).start();
    String out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    if (process.waitFor() != 0) {
      throw new IOException(program + " failed");
    }
    int blank = out.indexOf(' ');
    return new long[] {
      Long.parseLong(out.substring(0, blank)), Long.parseLong(out.substring(blank + 1))
    };
  }
}
