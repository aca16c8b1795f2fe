/** Memory limits as a first-class thing to test, with JUnit Jupiter. Needs Linux. */
module io.github.oom4j.junit {
  requires transitive io.github.oom4j.cgroup;
  requires transitive io.github.oom4j.core;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.launcher;
  requires static transitive org.assertj.core;
  requires java.management;

  exports io.github.oom4j.junit;

  // JUnit makes the extensions by reflection.
  opens io.github.oom4j.junit to
      org.junit.platform.commons;
}
