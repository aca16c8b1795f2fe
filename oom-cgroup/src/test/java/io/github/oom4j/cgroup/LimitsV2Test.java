package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.guest.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels that lack a limit or do not do as told, played by a directory. */
class LimitsV2Test {

  private static final ByteSize MAX = ByteSize.mebibytes(64);

  @TempDir Path box;

  @BeforeEach
  void aBox() throws IOException {
    file("memory.max", "max");
    file("memory.swap.max", "");
  }

  @Test
  void onlyWhatWasAskedForNeedsItsFile() {
    assertThatNoException()
        .isThrownBy(() -> LimitsV2.apply(box, scope().swapMax(ByteSize.ZERO).build()));

    assertThat(CgroupFile.limit(box, "memory.max")).isEqualTo(Limit.of(MAX));
  }

  @Test
  void aMissingFileIsToldWithWhatItTakes() {
    missing(scope().memoryMin(MAX), "memory.min", "cgroup v2 and kernel 4.18");
    missing(scope().oomGroup(true), "memory.oom.group", "cgroup v2 and kernel 4.19");
    missing(
        scope().zswapMax(Limit.of(ByteSize.ZERO)),
        "memory.zswap.max",
        "cgroup v2 and kernel 5.19, built with zswap");
    missing(
        scope().pidsMax(3),
        "pids.max",
        "the pids controller of cgroup v2, handed down by the cgroup above");
  }

  @Test
  void aRefusedWriteIsAnError() throws IOException {
    // Every write to it fails with ENOSPC.
    Files.createSymbolicLink(box.resolve("memory.high"), Path.of("/dev/full"));

    assertThatExceptionOfType(KernelIoException.class)
        .isThrownBy(() -> LimitsV2.apply(box, scope().memoryHigh(MAX).build()))
        .withMessageStartingWith("could not write 67108864 to memory.high: " + box);
  }

  @Test
  void aValueThatDidNotStickIsAnError() throws IOException {
    // The fake is not truncated by a write, so that more digits than were written stay.
    file("memory.low", "9999999999999");
    file("pids.max", "9999");

    assertThatExceptionOfType(KernelIoException.class)
        .isThrownBy(() -> LimitsV2.apply(box, scope().memoryLow(MAX).build()))
        .withMessage("wrote 67108864 to " + box + "/memory.low, but it reads 6710886499999");
    assertThatExceptionOfType(KernelIoException.class)
        .isThrownBy(() -> LimitsV2.apply(box, scope().pidsMax(12).build()))
        .withMessage("wrote 12 to " + box + "/pids.max, but it reads 1299");
  }

  @Test
  void aValueIsRoundedDownToPagesOnly() throws IOException {
    file("memory.max", "65536");
    Limit asked = Limit.of(ByteSize.bytes(65536 + 4095));

    assertThatNoException().isThrownBy(() -> LimitsV2.verify(box, Knob.MEMORY_MAX, asked));
    file("memory.max", "0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitsV2.verify(box, Knob.MEMORY_MAX, asked))
        .withMessageContaining("below one page of this kernel");
  }

  @Test
  void aWriteInAShellOfItsOwnTellsWhatTheKernelSaid() throws IOException {
    Path full = Files.createSymbolicLink(box.resolve("memory.high"), Path.of("/dev/full"));

    assertThatExceptionOfType(KernelIoException.class)
        .isThrownBy(() -> PatientWrite.write(full, "1", Duration.ofSeconds(60), () -> true))
        .withMessageStartingWith("could not write 1 to memory.high: " + full + ": ")
        .withMessageMatching("(?s).*: .*(write|printf).*");
  }

  @Test
  void aWriteThatBlocksIsGivenUp() throws Exception {
    Path pipe = box.resolve("blocks");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(PatientWrite.write(pipe, "1", Duration.ofMillis(20), () -> true)).isFalse();
    assertThat(Await.until(() -> ProcessHandle.current().children().findAny().isEmpty())).isTrue();
  }

  @Test
  void aBoxThatIsGoneIsNotAnOldKernel() {
    assertThatExceptionOfType(CgroupGoneException.class)
        .isThrownBy(() -> Knob.FREEZE.in(box.resolve("gone")))
        .withMessage("could not use cgroup.freeze: the cgroup " + box + "/gone is gone");
  }

  @Test
  void theCeilingIsTheLeastOfRamAndTheLimitsAbove() throws IOException {
    ByteSize ram = ByteSize.gibibytes(4);
    Path middle = cgroup("slice", "2147483648");
    Path inner = cgroup("slice/service", "max");
    Path own = cgroup("slice/service/box", "4096");

    assertThat(Ceiling.above(own, ram)).isEqualTo(ByteSize.gibibytes(2));
    assertThat(Ceiling.above(inner, ByteSize.gibibytes(1))).isEqualTo(ByteSize.gibibytes(1));
    assertThat(Ceiling.above(middle, ram)).isEqualTo(ram);
    MemoryScope half = MemoryScope.builder().memoryMaxPercent(50).build();
    LimitsV2.apply(own, half);
    assertThat(CgroupFile.limit(own, "memory.max").size().orElseThrow())
        .isLessThanOrEqualTo(ByteSize.gibibytes(1))
        .isGreaterThan(ByteSize.mebibytes(64));
  }

  private static MemoryScope.Builder scope() {
    return MemoryScope.builder().memoryMax(MAX).swapMax(Limit.none());
  }

  private void missing(MemoryScope.Builder scope, String file, String takes) {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> LimitsV2.apply(box, scope.build()))
        .withMessage("could not use %s: no %s; it takes %s", file, box.resolve(file), takes);
  }

  private Path cgroup(String name, String max) throws IOException {
    Path dir = Files.createDirectories(box.resolve(name));
    Files.writeString(dir.resolve("cgroup.procs"), "");
    Files.writeString(dir.resolve("cgroup.controllers"), "memory");
    Files.writeString(dir.resolve("cgroup.type"), "domain");
    Files.writeString(dir.resolve("memory.max"), max);
    Files.writeString(dir.resolve("memory.swap.max"), "");
    return dir;
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(box.resolve(name), text);
  }
}
