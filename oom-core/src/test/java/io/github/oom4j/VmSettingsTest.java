package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmSettingsTest {

  @TempDir Path root;

  @Test
  void readsACapturedTree() {
    VmSettings vm = ProcFs.at(Fixture.path("debian-12-6.18")).vmSettings();

    assertThat(vm.overcommitMode()).contains(OvercommitMode.HEURISTIC);
    assertThat(vm.overcommitRatio()).hasValue(50);
    assertThat(vm.overcommitKbytes()).contains(ByteSize.ZERO);
    assertThat(vm.commitLimit()).isPresent();
    assertThat(vm.committedAs()).isPresent();
    assertThat(vm.panicOnOom()).hasValue(0);
    assertThat(vm.oomKillAllocatingTask()).contains(false);
    assertThat(vm.oomDumpTasks()).contains(true);
    assertThat(vm.swappiness()).hasValue(60);
    assertThat(vm.minFree()).contains(ByteSize.kibibytes(67584));
    assertThat(vm.adminReserve()).contains(ByteSize.kibibytes(8192));
    assertThat(vm.userReserve()).contains(ByteSize.kibibytes(100404));
  }

  @Test
  void aSettingThatIsNotThereIsEmpty() throws IOException {
    Files.writeString(root.resolve("meminfo"), "MemTotal: 5 kB\nMemFree: 1 kB\n");

    VmSettings vm = ProcFs.at(root).vmSettings();

    assertThat(vm.overcommitMode()).isEmpty();
    assertThat(vm.swappiness()).isEmpty();
    assertThat(vm.userReserve()).isEmpty();
    assertThat(vm.commitLimit()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3\n", "x", "\0", "99999999999999999999", "-1", "0 0"})
  void aMalformedSettingNamesItsFile(String text) throws IOException {
    Files.writeString(root.resolve("meminfo"), "MemTotal: 5 kB\nMemFree: 1 kB\n");
    Path file = Files.createDirectories(root.resolve("sys/vm")).resolve("overcommit_memory");
    Files.writeString(file, text);

    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(() -> ProcFs.at(root).vmSettings())
        .withMessageContaining(file + ", line 1");
  }
}
