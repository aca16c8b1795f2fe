package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
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

  private static List<ProcessHandle> guards() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("oom4j-guard"))
        .toList();
  }

  @Test
  void oneGuardIsEnoughAndEndsSoonAfterTheLastBox() throws Exception {
    MemoryScope scope =
        MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).backend(backend).build();
    try (ScopedProcess first = scope.start("sleep", "1000");
        ScopedProcess second = scope.start("sleep", "1000")) {
      assertThat(first.cgroup()).isNotEqualTo(second.cgroup());
      assertThat(guards()).hasSize(1);
    }
    assertThat(Boxes.await(() -> ProcessHandle.current().children().findAny().isEmpty())).isTrue();
  }

  /** A line written to it says nothing: the pipe takes 64 KiB of them. */
  @Test
  @Tag("exhaustive")
  void aGuardThatDoesNotAnswerIsReplaced() throws Exception {
    MemoryScope scope =
        MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).backend(backend).build();
    try (ScopedProcess first = scope.start("sleep", "1000")) {
      ProcessHandle stopped = guards().get(0);
      assertThat(new ProcessBuilder("kill", "-STOP", "" + stopped.pid()).start().waitFor())
          .isZero();
      try (ScopedProcess second = scope.start("sleep", "1000")) {
        assertThat(first.cgroup()).isNotEqualTo(second.cgroup());
        assertThat(guards()).hasSize(1).doesNotContain(stopped);
      }
    }
  }

  /** It answers a JVM that is dead by then, and must not die of that. */
  @Test
  void nothingIsLeftIfTheJvmDiesBeforeTheGuardAnswers() throws Exception {
    Process jvm =
        new ProcessBuilder(Boxes.java(StuckLaunch.class, backend.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      BufferedReader printed = jvm.inputReader();
      Path box = Path.of(printed.readLine());
      Path guard = Path.of("/proc", printed.readLine());
      // Its order lies in the pipe now, or will in a moment.
      Thread.sleep(1000);

      jvm.destroyForcibly().waitFor();
      new ProcessBuilder("kill", "-CONT", guard.getFileName().toString()).start().waitFor();

      assertThat(Boxes.await(() -> Files.notExists(box))).isTrue();
      assertThat(Boxes.await(() -> Files.notExists(guard))).isTrue();
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void aGuardThatWasKilledIsReplacedByOneThatKnowsAllBoxes() throws Exception {
    Process jvm =
        new ProcessBuilder(Boxes.java(TwoBoxes.class, backend.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
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
