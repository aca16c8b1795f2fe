package io.github.oom4j.junit;

/** Rides on the failure of a test, to name the file with the test's timeline. */
final class TimelineNote extends Exception {

  private static final long serialVersionUID = 1L;

  TimelineNote(String file) {
    super("timeline of the box: " + file, null, false, false);
  }
}
