package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@Needs(Need.LINUX)
class MemInfoIT {

  @Test
  void readsEveryLineOfThisMachine() throws IOException {
    MemInfo mem = MemInfo.read();

    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      assertThat(mem.asPrinted().keySet())
          .containsExactlyElementsOf(
              lines.map(line -> line.substring(0, line.indexOf(':'))).toList());
    }
    assertThat(mem.total()).isGreaterThan(mem.free());
  }

  @Test
  void printsTheTableThatFreePrintsNow() throws Exception {
    List<String> ours = MemInfo.read().toFreeTable().lines().toList();
    Process free = new ProcessBuilder("free", "-h").start();
    List<String> theirs = free.inputReader().lines().toList();
    free.waitFor();

    assertThat(ours).hasSameSizeAs(theirs);
    assertThat(ours.get(0)).isEqualTo(theirs.get(0));
    for (int i = 1; i < ours.size(); i++) {
      assertThat(ours.get(i)).hasSameSizeAs(theirs.get(i));
      String[] cells = ours.get(i).split(" +", -1);
      String[] others = theirs.get(i).split(" +", -1);
      assertThat(cells).hasSameSizeAs(others);
      for (int j = 1; j < cells.length; j++) {
        assertThat(isNear(cells[j], others[j])).as("%s%n%s", ours, theirs).isTrue();
      }
    }
  }

  /** Memory moves, and free itself takes some: equal but for 8 MiB and the last digit. */
  private static boolean isNear(String one, String other) {
    long unit = 1L << (10 * "BKMGTPE".indexOf(other.replaceAll("[0-9.i]", "").charAt(0)));
    long lastDigit = other.contains(".") ? unit / 10 + 1 : unit;
    long difference = ByteSize.parse(one).bytes() - ByteSize.parse(other).bytes();
    return Math.abs(difference) <= lastDigit + ByteSize.mebibytes(8).bytes();
  }

  @Test
  void readsTheSettingsOfThisMachine() throws IOException {
    VmSettings vm = VmSettings.read();

    assertThat(vm.overcommitMode().orElseThrow().value())
        .hasToString(cat("/proc/sys/vm/overcommit_memory"));
    assertThat(vm.minFree().orElseThrow().toKibibytes())
        .hasToString(cat("/proc/sys/vm/min_free_kbytes"));
    assertThat(VmStat.read().oomKill()).isPresent();
  }

  /** Not Files.readString: that asks a sysctl file for one byte first and then sees its end. */
  private static String cat(String file) throws IOException {
    Process cat = new ProcessBuilder("cat", file).start();
    return new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
  }
}
