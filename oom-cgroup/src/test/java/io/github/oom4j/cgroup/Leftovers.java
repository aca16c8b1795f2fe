package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Await;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this JVM holds, to be compared with what it holds later. */
final class Leftovers {

  /** ffi*: libffi, which JNA brings in with oom-kmsg, keeps one file for its trampolines. */
  private static final Pattern OF_THE_JDK =
      Pattern.compile(".*\\.(jar|class)|/dev/u?random|.*/ffi\\w+ \\(deleted\\)");

  private final int descriptors;
  private final Set<String> files;

  private Leftovers(int descriptors, Set<String> files) {
    this.descriptors = descriptors;
    this.files = files;
  }

  static Leftovers now() {
    return new Leftovers(descriptors(), files());
  }

  /**
   * Fails if there is a box, a child process, a thread, a descriptor or a file more than before.
   */
  void assertNone() {
    assertThat(Boxes.left()).isEmpty();
    // The JDK closes the pipes of a process when its reaper thread has seen it die; and it reads
    // files of its own now and then, so one moment without a descriptor more is the proof.
    assertThat(Await.until(() -> children() == 0 && descriptors() <= descriptors))
        .as("%d children, %d descriptors, before %d", children(), descriptors(), descriptors)
        .isTrue();
    assertThat(Await.until(() -> threads().findAny().isEmpty())).as("threads").isTrue();
    assertThat(files()).as("temporary files").isSubsetOf(files);
  }

  private static long children() {
    return ProcessHandle.current().descendants().count();
  }

  /** Without those that the JDK and JNA open once for the life of the JVM. */
  private static int descriptors() {
    int count = 0;
    for (File descriptor : Objects.requireNonNull(new File("/proc/self/fd").listFiles())) {
      try {
        String target = Files.readSymbolicLink(descriptor.toPath()).toString();
        count += OF_THE_JDK.matcher(target).matches() ? 0 : 1;
      } catch (IOException e) {
        // The one with which the directory was read.
      }
    }
    return count;
  }

  private static Set<String> files() {
    String[] names = Objects.requireNonNull(new File("/tmp").list());
    return Arrays.stream(names).filter(Leftovers::isOurs).collect(Collectors.toSet());
  }

  /** Not of guest/test, which may run besides. */
  private static boolean isOurs(String name) {
    return name.contains("oom4j") && !name.contains("oom4j-guest");
  }

  private static Stream<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains("oom4j"));
  }
}
