package io.github.oom4j.junit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the timeline of a test goes, beside the reports of its build.
 *
 * @param file the page
 * @param title what it is called
 * @param always whether it is written also if the test does not fail
 */
record TestTimeline(Path file, String title, boolean always) {

  /**
   * A configuration parameter of JUnit, and so a system property too: a directory. Each test in a
   * box then has its timeline there.
   */
  static final String DIRECTORY = "oom4j.timelines";

  /** The report entry that names the file. */
  static final String ENTRY = "oom4j.timeline";

  private static final Pattern SEGMENT = Pattern.compile("\\[([^:\\]]+):([^\\]]*)\\]");
  private static final int LONGEST = 180;

  static TestTimeline of(ExtensionContext context, String title) {
    return of(context.getUniqueId(), title, context.getConfigurationParameter(DIRECTORY));
  }

  static TestTimeline of(String uniqueId, String title, Optional<String> directory) {
    Path folder = directory.map(Path::of).orElseGet(TestTimeline::besideReports);
    return new TestTimeline(folder.resolve(fileName(uniqueId)), title, directory.isPresent());
  }

  /** In the build folder of Maven or Gradle, whichever there is. */
  private static Path besideReports() {
    Path name = Path.of("oom4j-timelines");
    for (String build : new String[] {"target", "build"}) {
      if (Files.isDirectory(Path.of(build))) {
        return Path.of(build).resolve(name);
      }
    }
    return name;
  }

  /** Class, method, and number of the invocation: unique, and the same in the next build. */
  static String fileName(String uniqueId) {
    String name =
        SEGMENT
            .matcher(uniqueId)
            .results()
            .skip(1) // the engine
            .map(TestTimeline::name)
            .collect(Collectors.joining("."));
    String plain = (name.isEmpty() ? uniqueId : name).replaceAll("[^A-Za-z0-9._-]+", "_");
    // Two long names may begin alike, and two of other alphabets become the same.
    if (plain.length() > LONGEST || name.chars().anyMatch(c -> c > '~')) {
      plain = plain.substring(0, Math.min(plain.length(), LONGEST));
      plain += "-" + Integer.toHexString(uniqueId.hashCode());
    }
    return plain.replaceAll("^[._-]+|_$", "") + ".html";
  }

  private static String name(MatchResult segment) {
    return segment.group(2).replaceFirst("\\(\\)$", "");
  }

  /** Where the timeline of a further box of the same test goes. */
  TestTimeline numbered(int number) {
    if (number == 1) {
      return this;
    }
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.html$", "");
    Path own = file.resolveSibling(name + "-" + number + ".html");
    return new TestTimeline(own, title + ", box " + number, always);
  }
}
