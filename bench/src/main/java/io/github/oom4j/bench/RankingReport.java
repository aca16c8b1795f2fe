package io.github.oom4j.bench;

import com.sun.management.ThreadMXBean;
import io.github.oom4j.OomRanking;
import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Ranks a machine with a crowd of sleeping processes, in turns with the loop in C that opens, reads
 * and closes the same files, {@code readloop.c}; with several sizes of the crowd.
 */
public final class RankingReport {

  private static final int PAIRS = 9;

  /** As many processes are looked at in one turn, by each, so that all turns are about as long. */
  private static final int LOOKS = 40_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private RankingReport() {}

  /**
   * Runs all.
   *
   * @param args the paths of the compiled readloop.c and crowd.c, and how many processes to start
   */
  public static void main(String... args) throws Exception {
    System.out.println("| processes | C us each | OomRanking us each | ratio | B each |");
    System.out.println("| ---: | ---: | ---: | ---: | ---: |");
    for (String count : List.of(args).subList(2, args.length)) {
      Process crowd = new ProcessBuilder(args[1], count).start();
      try (BufferedReader ready = crowd.inputReader()) {
        if (ready.readLine() == null) {
          throw new IllegalStateException("no crowd of " + count);
        }
        measure(args[0]);
      } finally {
        crowd.destroyForcibly().waitFor();
      }
    }
  }

  private static void measure(String readLoop) throws Exception {
    OomRanking first = OomRanking.system();
    int processes = first.victims().size() + first.spared().size();
    int rounds = Math.max(3, LOOKS / processes);
    for (int i = 0; i < 3; i++) {
      rank(rounds);
    }
    List<Double> c = new ArrayList<>();
    List<Double> own = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      double there = Report.readLoop(readLoop, "ranking", rounds);
      double here = rank(rounds);
      c.add(there / processes / 1000);
      own.add(here / processes / 1000);
      ratios.add(here / there);
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    OomRanking.system();
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    System.out.printf(
        "| %,d | %.2f | %.2f | %.2f (%.2f..%.2f) | %,d |%n",
        processes,
        Report.median(c),
        Report.median(own),
        Report.median(ratios),
        Collections.min(ratios),
        Collections.max(ratios),
        bytes / processes);
  }

  /** Nanoseconds for one. */
  private static double rank(int rounds) {
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      if (OomRanking.system().victims().isEmpty()) {
        throw new IllegalStateException("nobody is there");
      }
    }
    return (System.nanoTime() - start) / (double) rounds;
  }
}
