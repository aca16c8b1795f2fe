package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed in the middle of its tests, as by somebody who lost patience. */
@Needs(Need.MEMORY_CGROUP)
class KilledRunIT {

  private static final String MARK = "oom4j.test.mark";

  private final String mark = "8" + ProcessHandle.current().pid() + System.nanoTime() % 1000;

  static class Busy {
    @Test
    @RunInMemoryLimit("256M")
    void inAJvmOfItsOwn() throws Exception {
      sleep();
    }
  }

  static class BusyBox {
    @Test
    void inABox(@MemoryLimit("64M") MemoryScope box) throws Exception {
      box.start("sleep", System.getProperty(MARK)).waitFor();
    }
  }

  private static void sleep() throws Exception {
    new ProcessBuilder("setsid", "sleep", System.getProperty(MARK)).start().waitFor();
  }

  /** Starts it and waits until its command runs. */
  private Process busy(Class<?> tests, Path dir) throws IOException {
    Path temporary = Files.createDirectory(dir.resolve("tmp"));
    Process jvm =
        Outside.start(
            tests,
            dir.resolve("output"),
            List.of(
                "-cp",
                Outside.classPath(entry -> true),
                "-D" + MARK + "=" + mark,
                "-Djava.io.tmpdir=" + temporary));
    assertThat(Await.until(() -> isSleeping() || !jvm.isAlive())).isTrue();
    assertThat(jvm.isAlive()).as(Files.readString(dir.resolve("output"))).isTrue();
    return jvm;
  }

  private boolean isSleeping() {
    return Runs.isSleeping(mark);
  }

  private static void nothingIsLeftIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .filteredOn(name -> name.startsWith("oom4j"))
          .isEmpty();
    }
  }

  @Test
  void takesTheJvmOfItsTestAlong(@TempDir Path dir) throws Exception {
    Process jvm = busy(Busy.class, dir);

    jvm.destroyForcibly().waitFor();

    assertThat(Await.until(() -> !isSleeping())).isTrue();
    assertThat(Runs.boxesLeft(jvm.pid())).isEmpty();
    nothingIsLeftIn(dir.resolve("tmp"));
  }

  @Test
  void takesItsBoxesAlong(@TempDir Path dir) throws Exception {
    Process jvm = busy(BusyBox.class, dir);

    jvm.destroyForcibly().waitFor();

    assertThat(Await.until(() -> !isSleeping())).isTrue();
    assertThat(Runs.boxesLeft(jvm.pid())).isEmpty();
    nothingIsLeftIn(dir.resolve("tmp"));
  }

  /** With the shell beside the box too, which else does it. */
  @Test
  void isSweptByTheNextRunIfNobodyElseCould(@TempDir Path dir) throws Exception {
    Process jvm = busy(BusyBox.class, dir);
    shellsBeside(jvm).forEach(ProcessHandle::destroyForcibly);
    jvm.destroyForcibly().waitFor();
    assertThat(isSleeping()).isTrue();
    assertThat(Runs.boxes(jvm.pid())).isNotEmpty();

    DeadBoxes.sweep(ScopeBackend.detect().parent().orElseThrow());

    assertThat(Await.until(() -> !isSleeping())).isTrue();
    assertThat(Runs.boxesLeft(jvm.pid())).isEmpty();
  }

  /** They need not be its children, but hold the other ends of its pipes. */
  private static List<ProcessHandle> shellsBeside(Process jvm) {
    Set<String> pipes = pipes(jvm.toHandle());
    List<ProcessHandle> shells =
        ProcessHandle.allProcesses()
            .filter(process -> process.info().command().orElse("").matches(".*/(ba|da)?sh"))
            .filter(process -> !Collections.disjoint(pipes(process), pipes))
            .toList();
    assertThat(shells).isNotEmpty();
    return shells;
  }

  private static Set<String> pipes(ProcessHandle process) {
    Set<String> pipes = new HashSet<>();
    Path descriptors = Path.of("/proc/" + process.pid() + "/fd");
    try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
      for (Path link : links) {
        String target = Files.readSymbolicLink(link).toString();
        if (target.startsWith("pipe:")) {
          pipes.add(target);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Ended, or another user's.
    }
    return pipes;
  }

  /** The boxes of a JVM that lives are not touched. */
  @Test
  void isNotSweptWhileItLives(@TempDir Path dir) throws Exception {
    Process jvm = busy(BusyBox.class, dir);
    try {
      DeadBoxes.sweep(ScopeBackend.detect().parent().orElseThrow());

      assertThat(isSleeping()).isTrue();
      assertThat(Runs.boxes(jvm.pid())).isNotEmpty();
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    assertThat(Runs.boxesLeft(jvm.pid())).isEmpty();
  }
}
