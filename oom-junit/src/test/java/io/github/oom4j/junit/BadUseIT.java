package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Tests that do to their box what no test should. */
@Needs(Need.MEMORY_CGROUP)
class BadUseIT {

  /** In command lines, so that they can be found; of this JVM, as others may run beside it. */
  private static final String MARK = "oom4j.test.mark";

  private final String mark = "7" + ProcessHandle.current().pid() + System.nanoTime() % 1000;

  @AfterEach
  void nothingIsLeft() {
    assertThat(Runs.boxesLeft()).isEmpty();
    assertThat(Await.until(() -> !Runs.isSleeping(mark))).isTrue();
  }

  private static void shell(String script) throws Exception {
    new ProcessBuilder("sh", "-c", script.replace("MARK", System.getProperty(MARK, "")))
        .inheritIO()
        .start()
        .waitFor();
  }

  static class Bad {
    @Test
    @RunInMemoryLimit("256M")
    void exits() {
      System.exit(3);
    }

    @Test
    @RunInMemoryLimit("256M")
    void halts() {
      Runtime.getRuntime().halt(4);
    }

    @Test
    @RunInMemoryLimit("256M")
    void leavesAChild() throws Exception {
      shell("sleep MARK &");
    }

    @Test
    @RunInMemoryLimit("256M")
    void leavesAFloodBehind() throws Exception {
      shell("(while :; do echo sleep MARK; done) & sleep MARK &");
    }

    @Test
    @RunInMemoryLimit("256M")
    void forksTwiceAndLeavesItsSession() throws Exception {
      shell("(setsid sh -c 'trap \"\" TERM HUP; sleep MARK' >/dev/null 2>&1 &) &");
      while (!Runs.isSleeping(System.getProperty(MARK, ""))) {
        Thread.onSpinWait();
      }
    }

    @Test
    @RunInMemoryLimit("256M")
    void floods() {
      byte[] line = "x".repeat(1023).concat("\n").getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 64 << 10; i++) {
        System.out.write(line, 0, line.length);
      }
      System.out.println("the last line");
      throw new IllegalStateException("after the flood");
    }

    @Test
    @RunInMemoryLimit("256M")
    @Timeout(8)
    void hangs() throws Exception {
      shell("setsid sleep MARK & echo started");
      hang();
    }

    @Test
    @RunInMemoryLimit("256M")
    void hangsUntilInterrupted() throws IOException {
      Files.createFile(Path.of(System.getProperty(MARK + ".file", "")));
      hang();
    }

    private static void hang() {
      while (true) {
        try {
          Thread.sleep(1_000_000);
        } catch (InterruptedException e) {
          // As code does that should not.
        }
      }
    }

    @Test
    @RunInMemoryLimit("200Q")
    void badLimit() {}

    @Test
    @RunInMemoryLimit(value = "200M", swap = "some")
    void badSwap() {}

    @Test
    @RunInMemoryLimit("120%")
    void badPercentage() {}

    @Test
    @RunInMemoryLimit("3")
    void lessThanAPage() {}

    @Test
    @RunInMemoryLimit(value = "256M", jvmArgs = "-XX:NoSuchFlag")
    void badArgument() {}
  }

  @Test
  void exitIsToldWithThePlaceThatCalledIt() {
    assertThat(Runs.failure(Bad.class, "exits"))
        .isInstanceOf(BoxFailure.class)
        .hasMessageStartingWith(
            "The test called System.exit, which ended its JVM with exit value 3.")
        .hasMessageContaining(
            "  it was   at io.github.oom4j.junit.BadUseIT$Bad.exits(BadUseIT.java:");
  }

  @Test
  void haltIsToldByItsExitValue() {
    assertThat(Runs.failure(Bad.class, "halts"))
        .isInstanceOf(BoxFailure.class)
        .hasMessageStartingWith(
            "The JVM that ran the test ended before the test did with exit value 4.");
  }

  @Test
  void childrenLeftBehindAreNamedAndKilled() {
    System.setProperty(MARK, mark);

    EngineExecutionResults results = Runs.ofMethod(Bad.class, "leavesAChild");

    assertThat(Runs.failures(results)).isEmpty();
    assertThat(Runs.entries(results).get("oom4j.left-behind")).contains("sleep (pid ");
  }

  @Test
  void aChildThatWritesWithoutEndHoldsNothingUp() {
    System.setProperty(MARK, mark);
    PrintStream before = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    EngineExecutionResults results;
    try {
      results = Runs.ofMethod(Bad.class, "leavesAFloodBehind");
    } finally {
      System.setOut(before);
    }

    // The writer may have died already: when a process has ended, the JDK closes its pipes.
    assertThat(Runs.failures(results)).isEmpty();
    assertThat(Runs.entries(results).get("oom4j.left-behind")).contains("sleep (pid ");
  }

  @Test
  void whoForksTwiceIsStillInTheBox() {
    System.setProperty(MARK, mark);

    EngineExecutionResults results = Runs.ofMethod(Bad.class, "forksTwiceAndLeavesItsSession");

    assertThat(Runs.failures(results)).isEmpty();
    assertThat(Runs.entries(results).get("oom4j.left-behind")).contains("sh (pid ", "sleep (pid ");
  }

  @Test
  void aFloodIsCutWithANoteAndTheTestsOwnFailureStays() {
    long[] passedOn = {0};
    List<String> notes = new ArrayList<>();
    PrintStream before = System.out;
    System.setOut(
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) {
                passedOn[0]++;
              }

              @Override
              public void write(byte[] bytes, int from, int count) {
                passedOn[0] += count;
                String text = new String(bytes, from, count, StandardCharsets.US_ASCII);
                if (text.contains("[oom4j]")) {
                  notes.add(text);
                }
              }
            },
            true,
            StandardCharsets.US_ASCII));
    try {
      assertThat(Runs.failure(Bad.class, "floods")).hasMessage("after the flood");
    } finally {
      System.setOut(before);
    }

    assertThat(passedOn[0]).isCloseTo(8 << 20, within(1000L));
    assertThat(notes)
        .singleElement()
        .asString()
        .contains("the test printed 64Mi; only the first 8.0Mi are shown");
  }

  @Test
  void aTimeoutKillsTheBoxWithAllThatIsInIt() {
    System.setProperty(MARK, mark);

    Throwable failure = Runs.failure(Bad.class, "hangs");

    assertThat(failure).isInstanceOf(TimeoutException.class).hasMessageContaining("hangs()");
    assertThat(failure.getSuppressed())
        .anySatisfy(
            suppressed ->
                assertThat(suppressed)
                    .isInstanceOf(BoxFailure.class)
                    .hasMessageContaining("The test did not end in time; its box was killed"));
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void whereATestHungIsTold(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("hangs");
    System.setProperty(MARK + ".file", file.toString());
    List<Throwable> failures = new ArrayList<>();
    Thread run =
        new Thread(
            () -> failures.add(Runs.failure(Bad.class, "hangsUntilInterrupted")), "interrupted");
    run.start();
    assertThat(Await.until(() -> Files.exists(file))).isTrue();

    run.interrupt();
    run.join();

    assertThat(failures)
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(BoxFailure.class)
                    .hasMessageContaining("BadUseIT$Bad.hang(BadUseIT.java:"));
  }

  @Test
  void aLimitThatCannotBeReadNamesTheAnnotationAndThePlace() {
    assertThat(Runs.failure(Bad.class, "badLimit"))
        .hasMessageStartingWith(
            "@RunInMemoryLimit(\"200Q\") on Bad.badLimit: not a memory size: '200Q'");
    assertThat(Runs.failure(Bad.class, "badSwap"))
        .hasMessageStartingWith("@RunInMemoryLimit(\"200M\") on Bad.badSwap: swap: not a memory");
    assertThat(Runs.failure(Bad.class, "badPercentage"))
        .hasMessageStartingWith("@RunInMemoryLimit(\"120%\") on Bad.badPercentage: ");
  }

  @Test
  void aLimitThatTheKernelCannotExpressIsAFailureThatNamesIt() {
    assertThat(Runs.failure(Bad.class, "lessThanAPage"))
        .hasMessageStartingWith(
            "@RunInMemoryLimit(\"3\") on Bad.lessThanAPage: memoryMax is at least one page of ");
  }

  @Test
  void aJvmThatDoesNotStartSaysWhy() {
    assertThat(Runs.failure(Bad.class, "badArgument"))
        .isInstanceOf(BoxFailure.class)
        .hasMessageStartingWith("The JVM did not start with exit value 1; the output says why.")
        .hasMessageContaining("| Unrecognized VM option 'NoSuchFlag'");
  }
}
