package io.github.oom4j.junit;

import static io.github.oom4j.junit.OomAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Two hundred boxed tests, four at once: none sees another, and nothing piles up. */
@Needs(Need.MEMORY_CGROUP)
@Tag("exhaustive")
class CrowdIT {

  @Execution(ExecutionMode.CONCURRENT)
  @Timeout(60)
  static class Boxes {
    @RepeatedTest(160)
    void inBoxes(@MemoryLimit("32M") MemoryScope box, RepetitionInfo info) throws Exception {
      int number = info.getCurrentRepetition();
      switch (number % 4) {
        case 0 ->
            assertThat(box.start("sh", "-c", "exec " + MemoryLimitIT.hog(100)).waitFor())
                .wasOomKilled()
                .byItsOwnLimit();
        case 1 -> {
          int code = number % 100; // from 129 on it could be a signal's
          assertThat(box.start("sh", "-c", "exit " + code).waitFor()).exitedWith(code);
        }
        case 2 -> {
          ScopedProcess job = box.start("sh", "-c", "sleep 1000 & echo " + number);
          assertThat(job.process().inputReader(StandardCharsets.US_ASCII).readLine())
              .isEqualTo(Integer.toString(number));
        }
        default -> box.start("sleep", "1000");
      }
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  static class Jvms {
    @RepeatedTest(40)
    @RunInMemoryLimit("128M")
    void inJvms(RepetitionInfo info) {
      System.out.println("this is " + info.getCurrentRepetition());
      if (info.getCurrentRepetition() % 4 == 0) {
        throw new IllegalStateException("number " + info.getCurrentRepetition());
      }
    }
  }

  @Test
  void leavesNothingAndMixesNothingUp() {
    run(Boxes.class); // Whatever is made once and kept.
    List<String> temporary = temporary();
    long descriptors = count("/proc/self/fd");
    long threads = count("/proc/self/task");

    assertThat(Runs.failures(run(Boxes.class))).isEmpty();
    var failures = Runs.failures(run(Jvms.class));

    assertThat(failures).hasSize(10);
    failures.forEach(
        (name, failure) -> assertThat(failure).hasMessage("number " + name.split(" ", -1)[1]));
    assertThat(Runs.boxesLeft()).isEmpty();
    assertThat(Await.until(() -> count("/proc/self/fd") <= descriptors + 8)).isTrue();
    // The JDK's own reapers of children, and the pool of parallel tests, end by and by.
    assertThat(Await.until(() -> count("/proc/self/task") <= threads + 8)).isTrue();
    assertThat(temporary()).isSubsetOf(temporary);
  }

  private static List<String> temporary() {
    return files(System.getProperty("java.io.tmpdir", "/tmp"))
        .filter(name -> name.startsWith("oom4j-junit-"))
        .toList();
  }

  private static long count(String directory) {
    return files(directory).count();
  }

  private static Stream<String> files(String directory) {
    return Stream.of(Objects.requireNonNullElse(new File(directory).list(), new String[0]));
  }

  private static EngineExecutionResults run(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
        .selectors(DiscoverySelectors.selectClass(tests))
        .execute();
  }
}
