package io.github.oom4j.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The timeline of one test, beside the reports of its build.
 *
 * @param file where it goes
 * @param title what it is called
 */
record TestTimeline(Path file, String title) {

  /**
   * A configuration parameter of JUnit, and so a system property too: a directory. Each test in a
   * box is then recorded, and its timeline put there.
   */
  static final String DIRECTORY = "oom4j.timelines";

  private static final Pattern SEGMENT = Pattern.compile("\\[([^:\\]]+):([^\\]]*)\\]");
  private static final int LONGEST = 180;

  /**
   * The timeline of a test, if it is to be recorded.
   *
   * @param uniqueId the test's ID in JUnit
   * @param title the test's name for people
   * @param asked whether its annotation asks for one
   * @param directory the value of {@link #DIRECTORY}
   */
  static Optional<TestTimeline> of(
      String uniqueId, String title, boolean asked, Optional<String> directory) {
    if (!asked && directory.isEmpty()) {
      return Optional.empty();
    }
    Path folder = directory.map(Path::of).orElseGet(TestTimeline::besideReports);
    return Optional.of(new TestTimeline(folder.resolve(fileName(uniqueId)), title));
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
    if (plain.length() > LONGEST) {
      plain = plain.substring(0, LONGEST) + "-" + Integer.toHexString(uniqueId.hashCode());
    }
    return plain.replaceAll("^[._-]+|_$", "") + ".html";
  }

  private static String name(MatchResult segment) {
    return segment.group(2).replaceFirst("\\(\\)$", "");
  }

  /**
   * Ends the recording and writes it. A page that can't be written is no failure of the test.
   *
   * @return the file, or why there is none
   */
  String write(TimelineRecorder recorder) {
    try {
      return recorder.stop().titled(title).writeHtml(file.toAbsolutePath()).toString();
    } catch (IOException e) {
      return "could not be written: " + e;
    }
  }
}
