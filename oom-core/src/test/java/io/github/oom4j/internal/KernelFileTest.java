package io.github.oom4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFileTest {

  @TempDir Path dir;

  @Test
  void readsFilesOfAnySize() throws IOException {
    for (int size : new int[] {0, 1, 4095, 4096, 4097, 8192, 100_000}) {
      Path file = Files.write(dir.resolve("file"), new byte[size]);
      assertThat(KernelFile.read(file)).hasSize(size);
    }
  }

  @Test
  void anEndlessFileIsAnErrorNotAnOutOfMemory() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> KernelFile.read(Path.of("/dev/zero")))
        .withMessageContaining("larger than 16 MiB");
  }

  @Test
  void neverCreatesAFile() {
    Path file = dir.resolve("memory.max");

    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> KernelFile.write(file, "1"));
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> KernelFile.read(file));
    assertThat(file).doesNotExist();
  }

  @Test
  void anInterruptNeitherStopsAWriteNorGetsLost() throws IOException {
    Path file = Files.writeString(dir.resolve("memory.max"), "max");

    Thread.currentThread().interrupt();
    KernelFile.write(file, "100");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).hasContent("100");
  }
}
