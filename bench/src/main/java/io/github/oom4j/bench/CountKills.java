package io.github.oom4j.bench;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.kmsg.KernelLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Reads a saved log to its last event: the smallest program around {@code KernelLog.parse}. */
public final class CountKills {

  private CountKills() {}

  /**
   * Prints how many kills there are and how many milliseconds it took, once or several times; then,
   * with the system property {@code threads}, the processor time of each kind of thread.
   *
   * @param args the file, and how many times (default 1)
   * @throws IOException if that time can't be read
   */
  public static void main(String... args) throws IOException {
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      long count;
      try (Stream<OomKillEvent> kills = KernelLog.parse(Path.of(args[0]))) {
        count = kills.count();
      }
      System.out.println(count + " " + (System.nanoTime() - start) / 1_000_000);
    }
    if (Boolean.getBoolean("threads")) {
      ThreadTimes.print();
    }
  }
}
