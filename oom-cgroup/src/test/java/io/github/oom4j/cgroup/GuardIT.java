package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomException;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The one shell that waits for the end of this JVM. */
@Needs(Need.MEMORY_CGROUP)
@ParameterizedClass
@MethodSource("io.github.oom4j.cgroup.Boxes#backends")
class GuardIT {

  private final ScopeBackend backend;

  GuardIT(ScopeBackend backend) {
    this.backend = backend;
  }

  /** A JVM that makes boxes with this backend, and prints. */
  private Process jvm(Class<?> main) throws IOException {
    return new ProcessBuilder(Boxes.java(main, backend.toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void oneGuardIsEnoughAndEndsSoonAfterTheLastBox() throws Exception {
    MemoryScope scope = Boxes.ofMebibytes(backend, 64);
    try (ScopedProcess first = scope.start("sleep", "1000");
        ScopedProcess second = scope.start("sleep", "1000")) {
      assertThat(first.cgroup()).isNotEqualTo(second.cgroup());
      assertThat(Boxes.guards()).hasSize(1);
    }
    assertThat(Await.until(() -> ProcessHandle.current().children().findAny().isEmpty())).isTrue();
  }

  /** A line written to it says nothing: the pipe takes 64 KiB of them. */
  @Test
  @Tag("exhaustive")
  void aGuardThatDoesNotAnswerIsReplaced() throws Exception {
    MemoryScope scope = Boxes.ofMebibytes(backend, 64);
    try (ScopedProcess first = scope.start("sleep", "1000")) {
      ProcessHandle stopped = Boxes.guards().get(0);
      Boxes.signal("STOP", stopped.pid());
      try (ScopedProcess second = scope.start("sleep", "1000")) {
        assertThat(first.cgroup()).isNotEqualTo(second.cgroup());
        assertThat(Boxes.guards()).hasSize(1).doesNotContain(stopped);
      }
    }
  }

  /** Its pipe would be full some day, and who closes a box wait for ever. */
  @Test
  @Tag("exhaustive")
  void aGuardThatIsStoppedHoldsUpNobodyForEver() throws Exception {
    MemoryScope scope = Boxes.ofMebibytes(backend, 64);
    List<ScopedProcess> jobs = new ArrayList<>();
    try {
      for (int i = 0; i < 150; i++) {
        jobs.add(scope.start("sleep", "1000"));
      }
      ProcessHandle stopped = Boxes.guards().get(0);
      Boxes.signal("STOP", stopped.pid());
      jobs.subList(1, jobs.size()).forEach(ScopedProcess::close);

      assertThat(Boxes.guards()).hasSize(1).doesNotContain(stopped);
    } finally {
      jobs.forEach(ScopedProcess::close);
    }
    assertThat(Boxes.left()).isEmpty();
  }

  @Test
  void aGuardThatIsStoppedEndsWithTheLastBox() throws Exception {
    ProcessHandle stopped;
    try (ScopedProcess job = Boxes.ofMebibytes(backend, 64).start("sleep", "1000")) {
      assertThat(job.process().isAlive()).isTrue();
      stopped = Boxes.guards().get(0);
      Boxes.signal("STOP", stopped.pid());
    }
    assertThat(Await.until(() -> !stopped.isAlive())).isTrue();
  }

  /** It answers a JVM that is dead by then, and must not die of that. */
  @Test
  void nothingIsLeftIfTheJvmDiesBeforeTheGuardAnswers() throws Exception {
    Process jvm = jvm(StuckLaunch.class);
    try {
      BufferedReader printed = jvm.inputReader();
      Path box = Path.of(printed.readLine());
      long guard = Long.parseLong(printed.readLine());
      assertThat(Await.until(() -> hasOrders(guard))).isTrue();

      jvm.destroyForcibly().waitFor();
      Boxes.signal("CONT", guard);

      assertThat(Await.until(() -> Files.notExists(box))).isTrue();
      assertThat(Await.until(() -> Files.notExists(Path.of("/proc/" + guard)))).isTrue();
    } finally {
      jvm.destroyForcibly();
    }
  }

  /** Whether something lies in the pipe that it reads from. */
  private static boolean hasOrders(long guard) {
    try (InputStream orders = new FileInputStream("/proc/" + guard + "/fd/0")) {
      return orders.available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A start may fail then; if it does, nothing has run. */
  @Test
  @Tag("slow")
  void whoCannotStartHasNotRunAlsoWhenTheGuardIsKilled(@TempDir Path dir) throws Exception {
    MemoryScope scope = Boxes.ofMebibytes(backend, 64);
    List<CompletableFuture<List<Path>>> ran = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    for (int i = 0; i < 6; i++) {
      Path mark = dir.resolve("ran-" + i);
      ran.add(
          CompletableFuture.supplyAsync(
              () -> refusedButRan(scope, mark, over), task -> new Thread(task).start()));
    }
    for (int i = 0; i < 60; i++) {
      for (ProcessHandle guard : Boxes.guards()) {
        guard.destroyForcibly();
      }
      Thread.sleep(20 + i);
    }
    over.set(true);

    for (CompletableFuture<List<Path>> each : ran) {
      assertThat(each.get()).isEmpty();
    }
    assertThat(Boxes.left()).isEmpty();
  }

  private static List<Path> refusedButRan(MemoryScope scope, Path mark, AtomicBoolean over) {
    List<Path> found = new ArrayList<>();
    for (int round = 0; !over.get(); round++) {
      Path own = mark.resolveSibling(mark.getFileName() + "-" + round);
      try (ScopedProcess job = scope.start("sh", "-c", ": >" + own)) {
        job.waitFor();
      } catch (OomException e) {
        if (Files.exists(own)) {
          found.add(own);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return found;
  }

  /** Nobody has to start or close a box for that. */
  @Test
  void aGuardThatWasKilledIsReplacedByOneThatKnowsAllBoxes() throws Exception {
    Process jvm = jvm(TwoBoxes.class);
    try {
      BufferedReader printed = jvm.inputReader();
      List<Path> boxes = List.of(Path.of(printed.readLine()), Path.of(printed.readLine()));
      assertThat(boxes).allMatch(Files::exists);

      jvm.destroyForcibly().waitFor();

      assertThat(Await.until(() -> boxes.stream().noneMatch(Files::exists))).isTrue();
    } finally {
      jvm.destroyForcibly();
    }
  }
}
