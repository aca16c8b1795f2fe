package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Tests in boxes end here as they ended there. */
@Needs(Need.MEMORY_CGROUP)
class RunInMemoryLimitIT {

  /** Set in the JVM in which it is set, so that the other one does not see it. */
  private static final List<String> here = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    assertThat(Runs.boxesLeft()).isEmpty();
  }

  @RunInMemoryLimit("256M")
  static class Passing {
    @BeforeAll
    static void before() {
      here.add("beforeAll");
    }

    @BeforeEach
    void beforeEach() {
      here.add("beforeEach");
    }

    @AfterEach
    void afterEach() {
      here.add("afterEach");
    }

    @AfterAll
    static void after() {
      here.add("afterAll");
    }

    @Test
    void plain(TestReporter reporter) {
      reporter.publishEntry("heap", Runtime.getRuntime().maxMemory() >> 20 <= 256 ? "boxed" : "?");
      assertThat(here).containsExactly("beforeAll", "beforeEach");
      assertThat(System.getProperty("oom4j.test.outside")).isEqualTo("set by the JVM outside");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void parameterized(int value) {
      assertThat(value).isPositive();
      assertThat(here).containsExactly("beforeAll", "beforeEach");
    }

    @RepeatedTest(2)
    void repeated() {
      assertThat(here).containsExactly("beforeAll", "beforeEach");
    }

    @Nested
    class Inner {
      @Test
      void nested() {
        assertThat(here).containsExactly("beforeAll", "beforeEach");
      }
    }
  }

  @Test
  void everyKindOfTestRunsInItsOwnJvmWithItsLifecycleAndNothingOfItHere() {
    here.clear();
    System.setProperty("oom4j.test.outside", "set by the JVM outside");

    EngineExecutionResults results = Runs.of(Passing.class);

    assertThat(Runs.failures(results)).isEmpty();
    results.testEvents().assertStatistics(stats -> stats.started(6).succeeded(6));
    assertThat(here).isEmpty();
    assertThat(Runs.entries(results)).containsEntry("heap", "boxed").containsKey("oom4j.peak");
  }

  static class Factory {
    @TestFactory
    @RunInMemoryLimit("256M")
    Stream<DynamicTest> dynamic() {
      return Stream.of(1, 2)
          .map(number -> DynamicTest.dynamicTest("number " + number, () -> here.add("dynamic")));
    }
  }

  @Test
  void dynamicTestsRunInTheBoxEachByItself() {
    here.clear();

    EngineExecutionResults results = Runs.of(Factory.class);

    assertThat(Runs.failures(results)).isEmpty();
    results.testEvents().assertStatistics(stats -> stats.succeeded(2));
    assertThat(here).isEmpty();
  }

  static class OwnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OwnException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  @SuppressWarnings("serial") // on purpose
  static class NotSerializable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final Thread field = Thread.currentThread();

    NotSerializable(String message) {
      super(message);
    }
  }

  static class Failing {
    @Test
    @RunInMemoryLimit("256M")
    void byItsOwnException() {
      OwnException thrown = new OwnException("out of tea", new IOException("no kettle"));
      thrown.addSuppressed(new IllegalStateException("no cup"));
      throw thrown;
    }

    @Test
    @RunInMemoryLimit("256M")
    void byWhatCannotBeSent() {
      throw new NotSerializable("holds a thread");
    }

    @Test
    @RunInMemoryLimit("256M")
    void byAnAssertion() {
      Assertions.assertEquals(1, 2);
    }

    @Test
    @RunInMemoryLimit("256M")
    void notAtAllSinceAborted() {
      Assumptions.assumeTrue(false, "only on Sundays");
    }
  }

  @Test
  void aFailureIsTheOneThatWasThrownThere() {
    EngineExecutionResults results = Runs.of(Failing.class);

    assertThat(Runs.failures(results).get("byItsOwnException()"))
        .isInstanceOf(OwnException.class)
        .hasMessage("out of tea")
        .hasCauseInstanceOf(IOException.class)
        .satisfies(
            thrown -> {
              assertThat(thrown.getSuppressed()[0]).hasMessage("no cup");
              assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("byItsOwnException");
            });
    assertThat(Runs.failures(results).get("byWhatCannotBeSent()"))
        .hasToString(NotSerializable.class.getName() + ": holds a thread")
        .satisfies(
            thrown ->
                assertThat(thrown.getStackTrace()[0].getMethodName())
                    .isEqualTo("byWhatCannotBeSent"));
    assertThat(Runs.failures(results).get("byAnAssertion()"))
        .isInstanceOfSatisfying(
            AssertionFailedError.class,
            error -> assertThat(error.getExpected().getStringRepresentation()).isEqualTo("1"));
    results.testEvents().assertStatistics(stats -> stats.failed(3).aborted(1));
  }

  /** What can't be brought here as it is keeps its meaning. */
  static class Odd {
    @Test
    @RunInMemoryLimit("256M")
    void abortsWithWhatCantBeSerialized() {
      throw new TestAbortedException("no database here", new NotSerializable("refused"));
    }

    @Test
    @RunInMemoryLimit("256M")
    void failsWithWhatHasNoMessage() {
      throw new IllegalStateException() {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
          throw new UnsupportedOperationException("ask somebody else");
        }
      };
    }
  }

  @Test
  void oddFailuresKeepTheirMeaning() {
    EngineExecutionResults results = Runs.of(Odd.class);

    results.testEvents().assertStatistics(stats -> stats.failed(1).aborted(1));
    assertThat(Runs.failures(results).values())
        .extracting(Throwable::toString)
        .anyMatch(text -> text.endsWith("whose message can't be had"));
  }

  static class Setup {
    @BeforeAll
    static void breaks() {
      Objects.requireNonNull(System.getProperty("oom4j.test.nothing"), "no database");
    }

    @Test
    void neverRuns() {}
  }

  @RunInMemoryLimit("256M")
  static class BoxedSetup extends Setup {}

  @Test
  void aLifecycleMethodThatFailsThereFailsTheTestHere() {
    assertThat(Runs.failures(Runs.of(BoxedSetup.class)))
        .containsOnlyKeys("neverRuns()")
        .hasValueSatisfying(
            new org.assertj.core.api.Condition<>(
                thrown -> "no database".equals(thrown.getMessage()), "its failure"));
  }
}
