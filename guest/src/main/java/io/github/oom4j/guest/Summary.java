package io.github.oom4j.guest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of what ran where, and what was skipped why, from JUnit's XML reports. */
public final class Summary {

  private Summary() {}

  /**
   * Prints the table, and last the totals in one line. Exits with 1 if a test failed, or if a place
   * ran no test.
   *
   * @param args one {@code PLACE=DIRECTORY} for each place, such as {@code
   *     uml/root=target/guest-reports/uml/root}; a place may come more than once
   * @throws IOException if a report cannot be read
   */
  public static void main(String[] args) throws IOException {
    Map<String, List<TestReport>> places = new TreeMap<>();
    for (String arg : args) {
      String[] parts = arg.split("=", 2);
      places.computeIfAbsent(parts[0], p -> new ArrayList<>()).addAll(read(Path.of(parts[1])));
    }
    if (!print(places, System.out)) {
      System.exit(1);
    }
  }

  /** Prints the table; true if every place ran a test and none failed. */
  static boolean print(Map<String, List<TestReport>> places, PrintStream out) {
    String row = "%-24s %7s %7s %7s %7s%n";
    out.printf(row, "where", "run", "passed", "failed", "skipped");
    places.forEach(
        (place, tests) -> {
          long passed = count(tests, TestReport.Outcome.PASSED);
          long failed = count(tests, TestReport.Outcome.FAILED);
          out.printf(
              row,
              place,
              passed + failed,
              passed,
              failed,
              count(tests, TestReport.Outcome.SKIPPED));
        });
    List<TestReport> all = places.values().stream().flatMap(List::stream).toList();
    list("failed", TestReport.Outcome.FAILED, places, out);
    list("skipped", TestReport.Outcome.SKIPPED, places, out);
    out.printf(
        "%n%d passed, %d failed, %d skipped%n",
        count(all, TestReport.Outcome.PASSED),
        count(all, TestReport.Outcome.FAILED),
        count(all, TestReport.Outcome.SKIPPED));
    return count(all, TestReport.Outcome.FAILED) == 0
        && places.values().stream().allMatch(tests -> count(tests, TestReport.Outcome.PASSED) > 0);
  }

  private static void list(
      String title,
      TestReport.Outcome outcome,
      Map<String, List<TestReport>> places,
      PrintStream out) {
    places.forEach(
        (place, tests) ->
            tests.stream()
                .filter(test -> test.outcome() == outcome)
                .collect(
                    Collectors.groupingBy(
                        TestReport::reason,
                        TreeMap::new,
                        Collectors.mapping(TestReport::name, Collectors.toList())))
                .forEach(
                    (reason, names) ->
                        out.printf(
                            "%n%s on %s: %s%n    %s%n",
                            title, place, reason, String.join("\n    ", names))));
  }

  private static long count(List<TestReport> tests, TestReport.Outcome outcome) {
    return tests.stream().filter(test -> test.outcome() == outcome).count();
  }

  private static List<TestReport> read(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<TestReport> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        if (file.getFileName().toString().matches("TEST-.*\\.xml")) {
          tests.addAll(TestReport.parse(Files.readAllBytes(file)));
        }
      }
    }
    return tests;
  }
}
