package io.github.oom4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs every benchmark and its peers in turns, and prints a table of medians and ratios. */
public final class Report {

  private static final int ROUNDS = 3;

  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  private Report() {}

  /**
   * Runs all.
   *
   * @param args the path of the compiled readloop.c
   */
  public static void main(String... args) throws Exception {
    Report report = new Report();
    for (int round = 0; round < ROUNDS; round++) {
      report.add("C meminfo", readLoop(args[0], "meminfo", 50_000));
      report.add("C ranking", readLoop(args[0], "ranking", 200));
      report.jmh();
    }
    report.print();
  }

  static double readLoop(String program, String what, int rounds)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(program, what, Integer.toString(rounds)).start();
    String out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    if (process.waitFor() != 0) {
      throw new IOException(program + " failed");
    }
    return Double.parseDouble(out);
  }

  private void jmh() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io\\.github\\.oom4j\\.bench\\..*Benchmark")
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .build())
            .run();
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark().replaceAll(".*\\.", "");
      add(name, result.getPrimaryResult().getScore());
      result
          .getSecondaryResults()
          .forEach(
              (key, value) -> {
                if (key.endsWith("gc.alloc.rate.norm")) {
                  add(name + " B/op", value.getScore());
                }
              });
    }
  }

  private void add(String name, double value) {
    figures.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  private double median(String name) {
    return median(figures.getOrDefault(name, List.of(Double.NaN)));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private void print() {
    System.out.println();
    System.out.println("| what | median ns | min..max ns | B/op |");
    System.out.println("| --- | ---: | ---: | ---: |");
    figures.keySet().stream()
        .filter(name -> !name.endsWith("B/op"))
        .forEach(
            name -> {
              List<Double> all = figures.getOrDefault(name, List.of()).stream().sorted().toList();
              System.out.printf(
                  "| %s | %.1f | %.1f..%.1f | %.0f |%n",
                  name, median(name), all.get(0), all.get(all.size() - 1), median(name + " B/op"));
            });
    System.out.println();
    ratio("memInfo", "C meminfo");
    ratio("memInfoOshi", "memInfo");
    ratio("ranking", "C ranking");
    ratio("rankingOshi", "ranking");
  }

  private void ratio(String dear, String cheap) {
    System.out.printf("%s / %s = %.2f%n", dear, cheap, median(dear) / median(cheap));
  }
}
