package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.UnsupportedKernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryPressureTest {

  private static final String SYSTEM = Captured.text("qemu-6.1/proc/pressure/memory");

  @TempDir Path dir;

  @Test
  void readsThePressureOfTheMachine() {
    assertThat(MemoryPressure.parse(SYSTEM))
        .isEqualTo(
            new MemoryPressure(
                new MemoryPressure.Stall(54.62, 28.95, 7.82, micros(25_547_894)),
                new MemoryPressure.Stall(23.08, 18.12, 5.23, micros(17_332_252))));
  }

  @Test
  void readsThePressureOfACgroup() {
    String inner = "sys/fs/cgroup/system.slice/run-u4.service/outer/middle/inner/memory.pressure";

    assertThat(MemoryPressure.read(Captured.path("qemu-6.1/" + inner), ""))
        .isEqualTo(
            new MemoryPressure(
                new MemoryPressure.Stall(87.99, 30.52, 7.26, micros(23_711_757)),
                new MemoryPressure.Stall(87.97, 30.50, 7.25, micros(23_699_761))));
  }

  @Test
  void whatANewerKernelAddsIsPassedOver() {
    String more = "most avg10=1.00\n" + SYSTEM.replace("total=25547894", "total=25547894 max=3");

    assertThat(MemoryPressure.parse(more)).isEqualTo(MemoryPressure.parse(SYSTEM));
  }

  @Test
  void theLargestTotalFits() {
    String most = SYSTEM.replace("25547894", Long.toString(Long.MAX_VALUE));

    assertThat(MemoryPressure.parse(most).some().total()).isEqualTo(micros(Long.MAX_VALUE));
  }

  @Test
  void aMissingLineIsNamed() {
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> MemoryPressure.parse(SYSTEM.lines().findFirst().orElseThrow()))
        .withMessage(
            "memory.pressure: expected a line such as 'full avg10=0.00 avg60=0.00 avg300=0.00"
                + " total=0'");
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> MemoryPressure.parse(""));
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> MemoryPressure.parse(SYSTEM.replace("54.62", "nan")));
    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> MemoryPressure.parse(SYSTEM.replace("25547894", "9".repeat(19))));
  }

  @Test
  void aFileThatIsMissingOrSwitchedOffIsUnsupported() throws IOException {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> MemoryPressure.read(dir.resolve("memory"), "boot with psi=1"))
        .withMessage(
            "could not read the memory pressure: %s/memory: no such file; boot with psi=1", dir);
    // Any other failure to read stands for EOPNOTSUPP here.
    Path unreadable = Files.createDirectory(dir.resolve("off"));
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> MemoryPressure.read(unreadable, "boot with psi=1"))
        .withMessageStartingWith("could not read the memory pressure: " + unreadable)
        .withMessageEndingWith("; boot with psi=1")
        .isNotInstanceOf(DeniedException.class);
  }

  private static Duration micros(long micros) {
    return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1000);
  }
}
