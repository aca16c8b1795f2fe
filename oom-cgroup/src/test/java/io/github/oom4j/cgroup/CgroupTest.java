package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTest {

  @TempDir Path dir;

  @Test
  void readsTheMemoryOfAVersion2Cgroup() {
    Cgroup box = Cgroup.at(Captured.path("uml-6.1/box"));

    CgroupMemory memory = box.memory();

    assertThat(memory.max()).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
    assertThat(memory.peak()).contains(ByteSize.mebibytes(64));
    assertThat(memory.current().bytes()).isBetween(4096L, 1L << 20);
    assertThat(box.swap().max()).isEqualTo(Limit.of(ByteSize.ZERO));
    assertThat(box.swap().current()).isEqualTo(ByteSize.ZERO);
    assertThat(box.pids()).hasSize(1);
  }

  @Test
  void readsTheEventsOfAVersion2Cgroup() {
    assertThat(Cgroup.at(Captured.path("uml-6.1/box")).events())
        .isEqualTo(new MemoryEvents(known(0), known(0), known(38), known(1), known(1), known(0)));
  }

  @Test
  void theRootOfVersion2HasNoMemoryOfItsOwn() {
    Cgroup root = Cgroup.at(Captured.path("uml-6.1/root"));

    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(root::memory)
        .withMessageContaining("root/memory.current: no such file; the root cgroup has none");
  }

  @Test
  void readsTheMemoryOfAVersion1Cgroup() {
    Cgroup box = Cgroup.at(Captured.path("firecracker-6.18/box"));
    CgroupMemory memory = box.memory();

    assertThat(memory.max()).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
    assertThat(memory.peak()).contains(ByteSize.mebibytes(64));
    assertThat(memory.current()).isEqualTo(ByteSize.bytes(471040));
    assertThat(memory.high()).as("v1 has none").isEmpty();
    assertThat(box.swap())
        .isEqualTo(
            new SwapUsage(
                ByteSize.ZERO,
                Limit.of(ByteSize.ZERO),
                Optional.empty(),
                Optional.empty(),
                SwapUsage.Events.UNKNOWN));
  }

  @Test
  void aHugeNumberOfVersion1IsNoLimit() {
    Cgroup own = Cgroup.at(Captured.path("firecracker-6.18/own"));

    assertThat(own.memory().max()).isEqualTo(Limit.none());
    assertThat(own.swap().max()).isEqualTo(Limit.none());
  }

  @Test
  void version1CountsKillsAndLittleElse() {
    Cgroup box = Cgroup.at(Captured.path("firecracker-6.18/box"));

    assertThat(box.events())
        .isEqualTo(
            new MemoryEvents(unknown(), unknown(), known(0), unknown(), known(1), unknown()));
    assertThat(box.limitHits()).as("the peak reached the limit").isEqualTo(known(1));
    assertThat(Cgroup.at(Captured.path("firecracker-6.18/own")).limitHits()).isEqualTo(known(0));
  }

  @Test
  void version1AddsTheKillsOfNestedCgroups() throws IOException {
    for (String name : new String[] {"", "a", "a/b", "c"}) {
      copyBox(dir.resolve("box").resolve(name));
    }

    assertThat(Cgroup.at(dir.resolve("box")).events().oomKill()).isEqualTo(known(4));
    assertThat(Cgroup.at(dir.resolve("box")).localEvents().oomKill()).isEqualTo(known(1));
  }

  @Test
  void aDirectoryOutsideOfAnyHierarchyIsItsOwnName() {
    Cgroup box = Cgroup.at(Captured.path("uml-6.1/box"));

    assertThat(box.name()).isEqualTo(box.path().toString());
    assertThat(box).isEqualTo(Cgroup.at(Captured.path("uml-6.1/root/../box")));
    assertThat(box).hasToString(box.path().toString());
  }

  @Test
  void anotherDirectoryIsRefused() {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> Cgroup.at(dir))
        .withMessage(
            dir
                + " is not a memory cgroup: it has neither memory.stat nor"
                + " memory.usage_in_bytes");
  }

  @Test
  void aFileThatHoldsSomethingElseIsNamed() throws IOException {
    copyBox(dir);
    Files.writeString(dir.resolve("memory.limit_in_bytes"), "12\07\nx");

    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> Cgroup.at(dir).memory())
        .withMessage(dir + "/memory.limit_in_bytes, line 1: expected a number, found '12??x'");
  }

  private static void copyBox(Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(Captured.path("firecracker-6.18/box"))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static OptionalLong known(long value) {
    return OptionalLong.of(value);
  }

  private static OptionalLong unknown() {
    return OptionalLong.empty();
  }
}
