package io.github.oom4j.junit;

import static io.github.oom4j.junit.OomAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Boxes that are injected, and closed with the test. */
@Needs(Need.MEMORY_CGROUP)
class MemoryLimitIT {

  private static final List<ScopedProcess> started =
      Collections.synchronizedList(new ArrayList<>());
  private static final List<MemoryScope> kept = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void forget() {
    started.clear();
    kept.clear();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Runs.boxesLeft()).isEmpty();
    assertThat(started).allSatisfy(job -> assertThat(job.process().isAlive()).isFalse());
  }

  private static ScopedProcess start(MemoryScope box) {
    ScopedProcess job = box.start("sh", "-c", "sleep 1000 & sleep 1000");
    started.add(job);
    return job;
  }

  @Retention(RetentionPolicy.RUNTIME)
  @MemoryLimit(value = "32M", pids = 20)
  @interface Small {}

  @MemoryLimit("40M")
  @SuppressWarnings("NullAway.Init") // injected
  static class Places {
    @MemoryLimit("64M")
    static MemoryScope shared;

    @MemoryLimit("65M")
    private MemoryScope field;

    private final MemoryScope fromConstructor;

    Places(@MemoryLimit("66M") MemoryScope box) {
      fromConstructor = box;
    }

    @BeforeAll
    static void before(@MemoryLimit("63M") MemoryScope box) {
      start(box);
      start(shared);
    }

    @BeforeEach
    void beforeEach(MemoryScope box, TestInfo test) {
      assertLimit(box, test.getDisplayName().startsWith("defaultOfTheMethod") ? 41 : 40);
      start(box);
    }

    @Test
    void parameter(@MemoryLimit("67M") MemoryScope box) {
      assertLimit(box, 67);
      start(box);
    }

    @Test
    void everyAttribute(
        @MemoryLimit(value = "50%", swap = "max", group = true, pids = 30) MemoryScope box) {
      // Not started: cgroup v1 can't do all of it.
      assertThat(box.limits().memoryMaxPercent()).isEqualTo(OptionalInt.of(50));
      assertThat(box.limits().swapMax().isNone()).isTrue();
      assertThat(box.limits().oomGroup()).isTrue();
      assertThat(box.limits().pidsMax()).isEqualTo(OptionalLong.of(30));
    }

    @Test
    void fieldAndConstructor() {
      assertLimit(shared, 64);
      assertLimit(field, 65);
      assertLimit(fromConstructor, 66);
      start(field);
      start(fromConstructor);
    }

    @Test
    void defaultOfTheClass(MemoryScope box) {
      assertLimit(box, 40);
    }

    @Test
    @MemoryLimit("41M")
    void defaultOfTheMethod(MemoryScope box) {
      assertLimit(box, 41);
    }

    @Test
    void metaAnnotation(@Small MemoryScope box) {
      // Not started: cgroup v1 has no pids.max.
      assertLimit(box, 32);
      assertThat(box.limits().pidsMax()).isEqualTo(OptionalLong.of(20));
    }

    @Test
    void builder(@MemoryLimit("68M") MemoryScope.Builder box) {
      assertLimit(box.oomScoreAdj(500).build(), 68);
      start(box.build());
    }

    @Nested
    class Inner {
      @Test
      void nested(MemoryScope box) {
        assertLimit(box, 40);
        start(box);
      }
    }

    private static void assertLimit(MemoryScope box, long mebibytes) {
      assertThat(box.limits().memoryMax()).contains(ByteSize.mebibytes(mebibytes));
    }
  }

  @Test
  void aBoxMayStandWhereverJUnitInjects() {
    EngineExecutionResults results = Runs.of(Places.class);

    assertThat(Runs.failures(results)).isEmpty();
    results.testEvents().assertStatistics(stats -> stats.succeeded(8));
    assertThat(started).hasSize(15);
  }

  static class Endings {
    @Test
    void fails(@MemoryLimit("64M") MemoryScope box) {
      kept.add(box);
      start(box);
      throw new IllegalStateException("the test's own failure");
    }

    @Test
    @Timeout(3)
    void hangs(@MemoryLimit("64M") MemoryScope box) throws Exception {
      start(box).waitFor();
    }
  }

  @Test
  void aFailedTestLeavesNothing() {
    assertThat(Runs.failure(Endings.class, "fails", MemoryScope.class))
        .hasMessage("the test's own failure");
    assertThat(started).hasSize(1);
  }

  @Test
  void aTestThatTimesOutLeavesNothing() {
    assertThat(Runs.failure(Endings.class, "hangs", MemoryScope.class))
        .hasMessageContaining("timed out");
    assertThat(started).hasSize(1);
  }

  @Test
  void nothingCanBeStartedWhenTheTestIsOver() {
    Runs.failure(Endings.class, "fails", MemoryScope.class);

    assertThatIllegalStateException()
        .isThrownBy(() -> kept.get(0).start("sleep", "1000"))
        .withMessageContaining("the test that this MemoryScope was injected into is over");
  }

  static class Unreadable {
    @Test
    void parameter(@MemoryLimit("lots") MemoryScope box) {}

    @Test
    @MemoryLimit("-1")
    void method(MemoryScope box) {}
  }

  static class Final {
    @MemoryLimit("64M")
    final Optional<MemoryScope> box = Optional.empty();

    @Test
    void test() {}
  }

  @Test
  void whatCannotBeReadNamesTheAnnotationAndThePlace() {
    EngineExecutionResults results = Runs.of(Unreadable.class);

    assertThat(Runs.failures(results).values())
        .extracting(Throwable::getMessage)
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains("@MemoryLimit(\"lots\") on parameter ")
                    .contains(" of Unreadable.parameter: not a memory size: 'lots'"))
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains("@MemoryLimit(\"-1\") on Unreadable.method: not a memory size"));
    assertThat(Runs.failures(Runs.of(Final.class)).values())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .hasMessage(
                        "@MemoryLimit(\"64M\") on field Final.box: the field must be of type"
                            + " MemoryScope and not final"));
  }

  @Execution(ExecutionMode.CONCURRENT)
  static class Crowd {
    @RepeatedTest(40)
    void everyOther(@MemoryLimit("32M") MemoryScope box, org.junit.jupiter.api.RepetitionInfo info)
        throws Exception {
      int number = info.getCurrentRepetition();
      if (number % 2 == 0) {
        assertThat(box.start("sh", "-c", "exec " + hog(100)).waitFor())
            .wasOomKilled()
            .byItsOwnLimit();
      } else {
        assertThat(box.start("sh", "-c", "exit " + number).waitFor()).exitedWith(number);
      }
    }
  }

  static String hog(int mebibytes) {
    return "dd if=/dev/zero of=/dev/null count=1 bs=" + mebibytes + "M";
  }

  @Test
  void testsInParallelDoNotSeeEachOther() {
    EngineExecutionResults results =
        EngineTestKit.engine("junit-jupiter")
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
            .selectors(DiscoverySelectors.selectClass(Crowd.class))
            .execute();

    assertThat(Runs.failures(results)).isEmpty();
    results.testEvents().assertStatistics(stats -> stats.succeeded(40));
  }
}
