package io.github.oom4j.cgroup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.ByteSize;
import io.github.oom4j.LaunchException;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that can't be started is refused, and nothing is left. */
@Needs(Need.MEMORY_CGROUP)
@ParameterizedClass
@MethodSource("io.github.oom4j.cgroup.Boxes#backends")
class LaunchFailureIT {

  private final ScopeBackend backend;

  LaunchFailureIT(ScopeBackend backend) {
    this.backend = backend;
  }

  private MemoryScope box(long mebibytes) {
    return Boxes.ofMebibytes(backend, mebibytes);
  }

  @TempDir Path dir;

  private final Leftovers leftovers = Leftovers.now();

  @AfterEach
  void nothingIsLeft() {
    leftovers.assertNone();
  }

  @Test
  void aMissingProgram() {
    refused(new ProcessBuilder("no-such-program"), "could not start no-such-program: no such");
    refused(new ProcessBuilder("/no/such"), "could not start /no/such: /no/such: no such file");
  }

  @Test
  void aDirectory() {
    refused(new ProcessBuilder("/tmp"), "could not start /tmp: /tmp is a directory");
  }

  @Test
  void aFileThatIsNotExecutable() throws Exception {
    Path file = Files.writeString(dir.resolve("plain"), "#!/bin/sh\n");

    refused(new ProcessBuilder(file.toString()), file + " is not executable");
  }

  @Test
  void aMissingInterpreter() throws Exception {
    Path file = Files.writeString(dir.resolve("script"), "#!/no/such/shell\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();

    refused(new ProcessBuilder(file.toString()), "/no/such/shell: no such file");
  }

  @Test
  void aMissingDynamicLoader() throws Exception {
    byte[] elf = Files.readAllBytes(Path.of("/bin/true"));
    String text = new String(elf, ISO_8859_1);
    assumeTrue(text.contains("/ld-linux"), "/bin/true is linked by another loader");
    boolean unicode = Charset.forName(System.getProperty("sun.jnu.encoding")).equals(UTF_8);
    Path file = dir.resolve(unicode ? "pr\u00f6gram" : "program");
    Files.writeString(file, text.replaceFirst("/ld-linux", "/no-linux"), ISO_8859_1);
    assertThat(file.toFile().setExecutable(true)).isTrue();

    assertThatIOException().isThrownBy(new ProcessBuilder(file.toString())::start);
    refused(
        new ProcessBuilder(file.toString()),
        "could not start " + file + ": " + file + ": not found; the file is there");
  }

  /** Some kernels (6.11, 6.12) run it. */
  @Test
  void aFileThatIsOpenForWriting() throws Exception {
    Path file = Files.copy(Path.of("/bin/true"), dir.resolve("program"));
    OutputStream writer = Files.newOutputStream(file, StandardOpenOption.APPEND);
    try {
      ProcessBuilder command = plain(file);
      if (starts(command)) {
        try (ScopedProcess job = box(64).start(command)) {
          assertThat(job.waitFor().exitValue()).isZero();
        }
      } else {
        assumeDash();
        refused(command, file + ": Text file busy");
        refused(command.redirectErrorStream(true), file + ": Text file busy");
        command.redirectErrorStream(false).redirectError(ProcessBuilder.Redirect.DISCARD);
        refused(command, "could not start " + file + ": its standard error has the shell's reason");
      }
    } finally {
      writer.close();
    }
  }

  /** With the environment of which env(1) has to carry something. */
  @Test
  void whatEnvHasToStartIsToldByEnv() throws Exception {
    Path file = Files.copy(Path.of("/bin/true"), dir.resolve("program"));
    OutputStream writer = Files.newOutputStream(file, StandardOpenOption.APPEND);
    try {
      ProcessBuilder command = plain(file);
      assumeFalse(starts(command), "this kernel executes what is open for writing");
      command.environment().put("my.setting", "x");
      try (ScopedProcess job = box(64).start(command)) {
        assertThat(job.process().errorReader().readLine()).contains("Text file busy");
        assertThat(job.waitFor().exitValue()).isEqualTo(126);
      }
    } finally {
      writer.close();
    }
  }

  /** When start() returns the command executes, whatever went before it. */
  @Test
  void whatIsStartedExecutes() throws Exception {
    ProcessBuilder command = new ProcessBuilder("sleep", "1000");
    command.environment().put("my.setting", "secret");
    for (int i = 0; i < 20; i++) {
      try (ScopedProcess job = box(64).start(command)) {
        // Empty while it is being executed, from which there is no way back.
        assertThat(Files.readString(Path.of("/proc/" + job.pid() + "/cmdline")))
            .isIn("", "sleep\0001000\0");
      }
    }
  }

  /** Its own cgroup's name among its words is no sign that it is not there yet. */
  @Test
  void aCommandMayKnowItsBox() throws Exception {
    String script =
        "while read -r line; do case $line in *oom4j-*) box=${line##*/} ;; esac; done"
            + " </proc/self/cgroup; exec sh -c 'sleep 1000; :' x \"$box\"";
    for (int i = 0; i < 20; i++) {
      try (ScopedProcess job = box(64).start("sh", "-c", script)) {
        assertThat(job.process().isAlive()).isTrue();
      }
    }
  }

  private static ProcessBuilder plain(Path file) {
    ProcessBuilder command = new ProcessBuilder(file.toString());
    command.environment().keySet().removeIf(name -> !name.equals("PATH"));
    return command;
  }

  private static void assumeDash() throws IOException {
    assumeTrue(Path.of("/bin/sh").toRealPath().endsWith("dash"), "/bin/sh is not dash");
  }

  private static boolean starts(ProcessBuilder command) throws InterruptedException {
    try {
      return command.start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aMissingWorkingDirectory() {
    refused(
        new ProcessBuilder("true").directory(new File("/no/such/dir")),
        "could not start true: no such directory to run it in: /no/such/dir");
  }

  @Test
  void aMissingFileToReadFrom() {
    refused(new ProcessBuilder("true").redirectInput(new File("/no/such/file")), "/no/such/file");
  }

  @Test
  void aNulCharacter() {
    refused(new ProcessBuilder("echo", "a\0b"), "holds a NUL character");
  }

  @Test
  void moreArgumentsThanTheKernelTakes() {
    refused(new ProcessBuilder("echo", "x".repeat(200_000)), "Argument list too long");
  }

  @Test
  void noWordsAtAll() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> box(64).start(List.of()))
        .withMessage("the command has no words, not even a program");
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 100, 300})
  void aBoxTooSmallForAnythingIsNeverTheCommandsOwnFailure(long kibibytes) throws Exception {
    // The shell that becomes the command dies in the box: before it has said that it is there, or,
    // which is more likely, on its way to becoming the command.
    MemoryScope scope =
        MemoryScope.builder().memoryMax(ByteSize.kibibytes(kibibytes)).backend(backend).build();
    try (ScopedProcess job = scope.start("true")) {
      ScopeResult result = job.waitFor();
      if (result.exitValue() == 0) {
        assertThat(kibibytes).as("some kernels charge less").isGreaterThan(4);
        assertThat(result.events().oomKill()).hasValue(0);
      } else {
        assertThat(result.events().oomKill()).hasValue(1);
        assertThat(result.verdict().explain()).startsWith("OOM-killed");
      }
    } catch (LaunchException e) {
      assertThat(e).hasMessageContaining(" is too small even for the launch");
    }
  }

  @Test
  void anInterruptedThreadStartsAndClosesAllTheSame() throws Exception {
    Thread.currentThread().interrupt();
    ScopedProcess job = box(64).start("sleep", "60");
    job.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(job.waitFor().exitValue()).isEqualTo(137);
  }

  private void refused(ProcessBuilder command, String message) {
    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(() -> box(64).start(command).close())
        .withMessageContaining(message);
  }
}
