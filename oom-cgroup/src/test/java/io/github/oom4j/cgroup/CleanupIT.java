package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ExitVerdict;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing outlives a box, and no box outlives its JVM. */
@Needs(Need.MEMORY_CGROUP)
@ParameterizedClass
@MethodSource("io.github.oom4j.cgroup.Boxes#backends")
class CleanupIT {

  private final ScopeBackend backend;

  CleanupIT(ScopeBackend backend) {
    this.backend = backend;
  }

  private MemoryScope box(long mebibytes) {
    return Boxes.ofMebibytes(backend, mebibytes);
  }

  private static final String DOUBLE_FORK =
      "(setsid sh -c 'echo $$; exec sleep 1000' &) ; exec sleep 1000";

  @Test
  @Tag("slow")
  void fiftyBoxesLeaveNothing() throws Exception {
    box(64).start("true").close();
    Leftovers before = Leftovers.now();

    for (int i = 0; i < 50; i++) {
      try (ScopedProcess job = box(64).start("true")) {
        assertThat(job.waitFor().exitValue()).isZero();
      }
    }

    before.assertNone();
  }

  @Test
  @Tag("slow")
  void boxesOfManyThreadsDoNotMeet() throws Exception {
    Leftovers before = Leftovers.now();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<Integer>> starts = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int code = i;
      starts.add(
          () -> {
            try (ScopedProcess job = box(64).start("sh", "-c", "exit " + code)) {
              return job.waitFor().exitValue();
            }
          });
    }
    List<Future<Integer>> results = threads.invokeAll(starts);
    threads.shutdown();

    for (int i = 0; i < results.size(); i++) {
      assertThat(results.get(i).get()).isEqualTo(i);
    }
    before.assertNone();
  }

  @Test
  void aChildThatForkedTwiceDiesWithTheBox() throws Exception {
    long orphan;
    try (ScopedProcess job = box(64).start("sh", "-c", DOUBLE_FORK)) {
      orphan = Long.parseLong(reader(job.process()).readLine());
      assertThat(Boxes.isAlive(orphan)).isTrue();
    }

    assertThat(Await.until(() -> !Boxes.isAlive(orphan))).isTrue();
    assertThat(Boxes.left()).isEmpty();
  }

  @Test
  void whatIsLeftWhenTheCommandHasEndedDiesOnClose() throws Exception {
    ScopedProcess job = box(64).start("sh", "-c", "sleep 1000 >&- & echo $!");
    long child = Long.parseLong(reader(job.process()).readLine());

    assertThat(job.waitFor().exitValue()).isZero();
    assertThat(Boxes.isAlive(child)).isTrue();
    assertThat(job.cgroup().pids()).containsExactly(child);
    job.close();

    assertThat(Await.until(() -> !Boxes.isAlive(child))).isTrue();
  }

  @Test
  void nestedCgroupsGoWithTheBox() throws Exception {
    ScopedProcess job = box(64).start("sh", "-c", "sleep 1000 & echo; wait");
    try (job) {
      assertThat(reader(job.process()).readLine()).isEmpty();
      Path box = job.cgroup().path();
      Path deep = Files.createDirectories(box.resolve("a/b c"));
      Files.createDirectories(box.resolve("a/.d"));
      for (long pid : job.cgroup().pids()) {
        Files.writeString(deep.resolve("cgroup.procs"), Long.toString(pid));
      }
      assertThat(job.cgroup().pids()).isEmpty();
    }

    assertThat(job.cgroup().path()).doesNotExist();
    assertThat(job.waitFor().exitValue()).isEqualTo(137);
  }

  @Test
  @Tag("slow")
  void manyProcessesDieTogether() throws Exception {
    String fork = "i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done; echo; wait";
    ScopedProcess job = box(256).start("sh", "-c", fork);
    assertThat(reader(job.process()).readLine()).isEmpty();
    assertThat(job.cgroup().pids()).hasSize(201);

    job.close();

    assertThat(job.cgroup().path()).doesNotExist();
  }

  @Test
  void processesThatForkWhileTheyAreKilledDieToo() throws Exception {
    String breed = "f() { sleep 1000 & sh -c ':' ; f; }; f & f & f & echo; wait";
    ScopedProcess job = box(256).start("sh", "-c", breed);
    assertThat(reader(job.process()).readLine()).isEmpty();

    job.close();

    assertThat(job.cgroup().path()).doesNotExist();
  }

  @Test
  void closeMayBeCalledTwiceAndFromAnotherThread() throws Exception {
    ScopedProcess job = box(64).start("sleep", "1000");
    Thread other = new Thread(job::close);
    other.start();
    job.close();
    other.join();
    job.close();

    assertThat(job.waitFor().verdict())
        .isInstanceOfSatisfying(
            ExitVerdict.Killed.class, killed -> assertThat(killed.oomRuledOut()).isTrue());
    assertThat(Boxes.left()).isEmpty();
  }

  @Test
  void closeWakesAThreadThatWaits() throws Exception {
    ScopedProcess job = box(64).start("sleep", "1000");
    Future<ScopeResult> waiting = job.onExit();
    job.close();

    assertThat(waiting.get(30, TimeUnit.SECONDS).exitValue()).isEqualTo(137);
  }

  @Test
  void aBoxMayBeClosedByWhoIsToldOfItsEnd() throws Exception {
    ScopedProcess job = box(64).start("sh", "-c", "sleep 1000 >&- 2>&- & exit 3");

    ScopeResult result =
        job.onExit().whenComplete((ended, failure) -> job.close()).get(30, TimeUnit.SECONDS);

    assertThat(result.exitValue()).isEqualTo(3);
    assertThat(job.cgroup().path()).doesNotExist();
    job.close();
  }

  @Test
  void aSignalFromOutsideIsNoOomKill() throws Exception {
    try (ScopedProcess job = box(64).start("sleep", "1000")) {
      kill("-9 " + job.pid());

      assertThat(job.waitFor().verdict())
          .isInstanceOfSatisfying(
              ExitVerdict.Killed.class, killed -> assertThat(killed.oomRuledOut()).isTrue());
    }
  }

  @Test
  void aBoxThatSomebodyElseRemovedIsClosedQuietly() throws Exception {
    ScopedProcess job = box(64).start("true");
    job.process().waitFor();
    assertThat(
            Await.until(
                () -> {
                  try {
                    return Files.deleteIfExists(job.cgroup().path());
                  } catch (IOException e) {
                    return false;
                  }
                }))
        .isTrue();

    ScopeResult result = job.waitFor();
    job.close();

    assertThat(result.exitValue()).isZero();
    assertThat(result.events().oomKill()).isEmpty();
    assertThat(result.verdict().evidence().gaps()).first().asString().contains("the box");
  }

  /** Killed with SIGKILL, alone or with all of its process group, or ended; Ctrl-C is -2 -PID. */
  @ParameterizedTest
  @ValueSource(strings = {"-9 PID", "-9 -PID", "-15 PID", "-2 -PID"})
  void noBoxOutlivesItsJvm(String signal) throws Exception {
    // What runs in the background of a script ignores SIGINT, and so would what it starts.
    List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
    command.addAll(
        Boxes.java(BoxHolder.class, backend.toString(), "64", "sh", "-c", DOUBLE_FORK + " >&2"));
    Process jvm = new ProcessBuilder(command).start();
    String[] printed = reader(jvm).readLine().split(" ", 2);
    long pid = Long.parseLong(printed[0]);
    Path box = Path.of(printed[1]);
    List<Long> inside = Cgroup.at(box).pids();
    assertThat(inside).contains(pid);

    kill(signal.replace("PID", Long.toString(jvm.pid())));

    assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Await.until(() -> Files.notExists(box))).isTrue();
    // A process leaves its cgroup a moment before it is dead for ps (do_exit).
    assertThat(Await.until(() -> inside.stream().noneMatch(Boxes::isAlive))).isTrue();
  }

  private static void kill(String arguments) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", "kill " + arguments).start().waitFor()).isZero();
  }

  private static BufferedReader reader(Process process) {
    return process.inputReader();
  }
}
