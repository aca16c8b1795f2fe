package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A command in a box behaves as one that was started by a plain ProcessBuilder. */
@Needs(Need.MEMORY_CGROUP)
@ParameterizedClass
@MethodSource("io.github.oom4j.cgroup.Boxes#backends")
class FidelityIT {

  private static final int HUNDRED_MEBIBYTES = 100 << 20;

  private final ScopeBackend backend;

  @TempDir Path dir;

  FidelityIT(ScopeBackend backend) {
    this.backend = backend;
  }

  private MemoryScope box(long mebibytes) {
    return Boxes.ofMebibytes(backend, mebibytes);
  }

  @Test
  @Tag("slow")
  void aCommandCannotTellTheDifference() {
    assertThat(Twins.differences(backend, dir)).isEmpty();
  }

  /** Each in a mount namespace of its own, with a folder of links in the place of /usr/bin. */
  @ParameterizedTest
  @ValueSource(strings = {"bash", "busybox"})
  @Needs(Need.ROOT)
  @Tag("slow")
  void norCanItWithAnotherShell(String shell) throws Exception {
    Path program = Path.of("/usr/bin", shell);
    Assumptions.assumeTrue(Files.exists(program), program + " is not installed");
    Path original = Files.createDirectory(dir.resolve("original"));
    Path links = Files.createDirectory(dir.resolve("links"));
    try (Stream<Path> programs = Files.list(Path.of("/usr/bin"))) {
      for (Path path : programs.toList()) {
        Files.createSymbolicLink(
            links.resolve(path.getFileName()), original.resolve(path.getFileName()));
      }
    }
    Files.delete(links.resolve("sh"));
    Files.createSymbolicLink(links.resolve("sh"), original.resolve(shell));
    String script =
        "mount --bind /usr/bin '%s' && mount --bind '%s' /usr/bin && exec \"$@\""
            .formatted(original, links);
    List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script, "x"));
    command.addAll(Boxes.java(Twins.class, backend.toString()));

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output).isEqualTo("compared with " + original.resolve(shell) + "\n");
  }

  @Test
  void standardInputIsUntouched() throws Exception {
    try (ScopedProcess job = box(64).start("cksum")) {
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> write(job.process().getOutputStream()));

      String sum = text(job.process().getInputStream());
      writer.join();

      assertThat(job.waitFor().exitValue()).isZero();
      assertThat(sum).isEqualTo(text(plainSumOfTheSame().getInputStream()));
    }
  }

  private static Process plainSumOfTheSame() throws IOException {
    Process plain = new ProcessBuilder("cksum").start();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> write(plain.getOutputStream()));
    writer.join();
    return plain;
  }

  private static void write(OutputStream out) {
    byte[] block = new byte[1 << 16];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) (i * 31);
    }
    try (out) {
      for (int written = 0; written < HUNDRED_MEBIBYTES; written += block.length) {
        out.write(block);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void standardOutputOfAnySizeArrives() throws Exception {
    arrives(HUNDRED_MEBIBYTES);
  }

  @Test
  @Tag("exhaustive")
  void alsoMoreThanAnIntCounts() throws Exception {
    arrives((2L << 30) + 1);
  }

  private void arrives(long size) throws Exception {
    try (ScopedProcess job = box(64).start("head", "-c", "" + size, "/dev/zero")) {
      long length = job.process().getInputStream().transferTo(OutputStream.nullOutputStream());

      assertThat(length).isEqualTo(size);
      assertThat(job.waitFor().exitValue()).isZero();
    }
  }

  @Test
  void redirectsAreThoseOfTheBuilder() throws Exception {
    Path in = Files.writeString(dir.resolve("in"), "from a file");
    Path out = Files.writeString(dir.resolve("out"), "before ");
    Path err = dir.resolve("err");
    ProcessBuilder command =
        new ProcessBuilder("sh", "-c", "cat; echo failed >&2")
            .redirectInput(in.toFile())
            .redirectOutput(Redirect.appendTo(out.toFile()))
            .redirectError(err.toFile());

    try (ScopedProcess job = box(64).start(command)) {
      assertThat(job.waitFor().exitValue()).isZero();
    }

    assertThat(out).hasContent("before from a file");
    assertThat(err).hasContent("failed");
    assertThat(command.command()).as("the builder is unchanged").hasSize(3);
  }

  @Test
  void thePidStaysTheSame() throws Exception {
    try (ScopedProcess job = box(64).start("sh", "-c", "echo $$")) {
      assertThat(text(job.process().getInputStream())).isEqualTo(job.pid() + "\n");
      assertThat(job.process().pid()).isEqualTo(job.pid());
      assertThat(job.process().toHandle().pid()).isEqualTo(job.pid());
    }
  }

  @Test
  void theCommandIsInTheBoxFromItsFirstInstruction() throws Exception {
    try (ScopedProcess job = box(64).start("cat", "/proc/self/cgroup")) {
      assertThat(text(job.process().getInputStream()).lines())
          .anyMatch(line -> line.endsWith(":" + job.cgroup().name()));
    }
  }

  @Test
  void aSignalThroughTheProcessReachesTheCommand() throws Exception {
    try (ScopedProcess job = box(64).start("sleep", "60")) {
      job.process().destroy();

      assertThat(job.waitFor().exitValue()).isEqualTo(128 + 15);
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
