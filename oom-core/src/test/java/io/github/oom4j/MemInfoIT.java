package io.github.oom4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    // Memory moves: agree with one of a few looks, cell by cell otherwise identical in form.
    for (int attempt = 0; ; attempt++) {
      String ours = MemInfo.read().toFreeTable();
      Process free = new ProcessBuilder("free", "-h").start();
      String theirs = new String(free.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      free.waitFor();
      if (ours.equals(theirs)) {
        return;
      }
      assertThat(attempt).as("free -h printed%n%swe printed%n%s", theirs, ours).isLessThan(50);
    }
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
