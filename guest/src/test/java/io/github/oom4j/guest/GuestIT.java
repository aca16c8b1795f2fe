package io.github.oom4j.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The guest itself: it has what it promised, and its kernel really kills. */
@Needs(Need.GUEST)
class GuestIT {

  private static final Path VMSTAT = Path.of("/proc/vmstat");

  @Test
  void whatIsPromisedIsHere() {
    assertThat(Need.values())
        .filteredOn(Guest::provides)
        .isNotEmpty()
        .allSatisfy(need -> assertThat(need.missing()).as(need.name()).isEmpty());
  }

  @Test
  @Needs({Need.ROOT, Need.SYSTEMD_SYSTEM_BUS})
  void theKernelKillsInASystemScope() throws Exception {
    killsIn("systemd-run", "--scope");
  }

  @Test
  @Needs({Need.UNPRIVILEGED, Need.SYSTEMD_USER_BUS})
  void theKernelKillsInAUserScope() throws Exception {
    killsIn("systemd-run", "--user", "--scope");
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
  void theKernelKillsInACgroupBesideThisProcess() throws Exception {
    Path own = CgroupMount.v2().orElseThrow().own();
    Path box = Files.createDirectory(own.resolveSibling("guest-it"));
    try {
      Files.writeString(box.resolve("memory.max"), "40M");
      Files.writeString(box.resolve("memory.swap.max"), "0");

      int exit = run("sh", "-c", "echo $$ > " + box + "/cgroup.procs && exec hog 80");

      assertThat(exit).isEqualTo(137);
      assertThat(Files.readString(box.resolve("memory.events"))).contains("oom_kill 1\n");
    } finally {
      Files.delete(box);
    }
  }

  private static void killsIn(String... boxed) throws Exception {
    long before = oomKills();
    List<String> command = new ArrayList<>(List.of(boxed));
    command.addAll(List.of("-q", "-p", "MemoryMax=40M", "-p", "MemorySwapMax=0", "hog", "80"));

    run(command.toArray(String[]::new));

    assertThat(oomKills() - before).isEqualTo(1);
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS))
        .as("%s ends", Arrays.asList(command))
        .isTrue();
    return process.exitValue();
  }

  private static long oomKills() throws IOException {
    return Files.readAllLines(VMSTAT).stream()
        .filter(line -> line.startsWith("oom_kill "))
        .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
        .sum();
  }
}
