package com.example.catalogue;

import static io.github.oom4j.junit.OomAssertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.junit.MemoryLimit;
import io.github.oom4j.junit.RunInMemoryLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three tests that fail on purpose, to see what a failure says: mvn test -Pdeliberate. */
class DeliberateFailures {

  /** The heap may grow to all that the box has, so that nothing is left for the rest of a JVM. */
  @Test
  @RunInMemoryLimit(value = "128M", jvmArgs = "-Xmx128m")
  void aHeapAsLargeAsItsBox() {
    System.out.println("importing 5000 articles");
    Catalogue.totalOfAll(Catalogue.articles(5000));
  }

  /** A command that was to survive, and did not. */
  @Test
  void aCommandThatNeedsMoreThanThought(@MemoryLimit("64M") MemoryScope box) throws Exception {
    assertThat(box.start("dd", "if=/dev/zero", "of=/dev/null", "bs=300M", "count=1").waitFor())
        .survived();
  }

  /** A test that hangs, with a process that it started. */
  @Test
  @RunInMemoryLimit("128M")
  @Timeout(10)
  void aTestThatNeverEnds() throws Exception {
    System.out.println("waiting for the importer");
    new ProcessBuilder("sleep", "1000").start().waitFor();
  }
}
