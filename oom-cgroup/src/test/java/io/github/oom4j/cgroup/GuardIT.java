package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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
    assertThat(Boxes.await(() -> ProcessHandle.current().children().findAny().isEmpty())).isTrue();
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

  /** It answers a JVM that is dead by then, and must not die of that. */
  @Test
  void nothingIsLeftIfTheJvmDiesBeforeTheGuardAnswers() throws Exception {
    Process jvm = jvm(StuckLaunch.class);
    try {
      BufferedReader printed = jvm.inputReader();
      Path box = Path.of(printed.readLine());
      long guard = Long.parseLong(printed.readLine());
      assertThat(Boxes.await(() -> hasOrders(guard))).isTrue();

      jvm.destroyForcibly().waitFor();
      Boxes.signal("CONT", guard);

      assertThat(Boxes.await(() -> Files.notExists(box))).isTrue();
      assertThat(Boxes.await(() -> Files.notExists(Path.of("/proc/" + guard)))).isTrue();
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

  @Test
  void aGuardThatWasKilledIsReplacedByOneThatKnowsAllBoxes() throws Exception {
    Process jvm = jvm(TwoBoxes.class);
    try {
      BufferedReader printed = jvm.inputReader();
      List<Path> boxes = List.of(Path.of(printed.readLine()), Path.of(printed.readLine()));
      assertThat(boxes).allMatch(Files::exists);

      jvm.destroyForcibly().waitFor();

      assertThat(Boxes.await(() -> boxes.stream().noneMatch(Files::exists))).isTrue();
    } finally {
      jvm.destroyForcibly();
    }
  }
}
