package io.github.oom4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no kernel: usage, help, saved logs. */
class CliTest {

  private static final String KILL =
      "Memory cgroup out of memory: Killed process 198 (hog) total-vm:123876kB, anon-rss:61068kB,"
          + " file-rss:632kB, shmem-rss:0kB, UID:0 pgtables:156kB oom_score_adj:0";

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "run",
        "run --memory-max 64M",
        "run --memory-max 64Q -- true",
        "run --memory-max -1 -- true",
        "run --memory-max 1 -- true",
        "run --memory-max 9223372036854775808 -- true",
        "run --memory-max 64M --swap-max lots -- true",
        "run --memory-max 64M --backend fast -- true",
        "run -- true",
        "floor",
        "floor --max 64Q -- true",
        "floor --min 64M --max 64M -- true",
        "floor --min 0 -- true",
        "floor --within 1 -- true",
        "floor --repeats 0 -- true",
        "floor --timeout 0 -- true",
        "floor --probe-timeout soon -- true",
        "floor --backend fast -- true",
        "score",
        "score (",
        "score 1 --adjust x",
        "ranking --limit -1",
        "ranking --limit x",
        "memory --yaml",
        "log --follow file"
      })
  void badUsageIsOneLineAndTwo(String line) {
    Cli cli = Cli.run(line.split(" ", -1));

    assertThat(cli.status()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith("oom4j: ").hasLineCount(1);
  }

  @Test
  void helpTellsEveryCommandAndTheExitStatus() {
    Cli cli = Cli.run("--help");

    assertThat(cli.status()).isZero();
    assertThat(cli.out())
        .contains(
            "demo",
            "memory",
            "score",
            "ranking",
            "run",
            "floor",
            "log",
            "Exit status",
            "128 + signal");
    for (String command :
        new String[] {"demo", "memory", "score", "ranking", "run", "floor", "log"}) {
      assertThat(Cli.run(command, "--help").out()).contains("Usage: oom4j " + command);
    }
  }

  @Test
  void logPrintsTheKillAsJsonWithEveryKey() throws IOException {
    Path log = Files.writeString(dir.resolve("dmesg"), "[   23.215197] " + KILL + "\n");

    Cli cli = Cli.run("log", log.toString(), "--json");

    assertThat(cli.status()).isZero();
    assertThat(cli.json())
        .singleElement()
        .satisfies(
            kill -> {
              assertThat(List.copyOf(kill.keySet()))
                  .startsWith(
                      "victim_pid",
                      "victim_comm",
                      "trigger_comm",
                      "constraint",
                      "total_vm_kb",
                      "anon_rss_kb",
                      "file_rss_kb",
                      "shmem_rss_kb",
                      "uid",
                      "oom_score_adj",
                      "pgtables_kb",
                      "oom_memcg",
                      "task_memcg",
                      "score",
                      "order",
                      "gfp_mask",
                      "tasks_dumped",
                      "memcg_usage_kb",
                      "memcg_limit_kb",
                      "group_kill",
                      "since_boot_us",
                      "time");
              assertThat(kill)
                  .containsEntry("victim_pid", 198)
                  .containsEntry("victim_comm", "hog")
                  .containsEntry("constraint", "MEMCG")
                  .containsEntry("anon_rss_kb", 61068)
                  .containsEntry("oom_score_adj", 0)
                  .containsEntry("group_kill", false)
                  .containsEntry("since_boot_us", 23215197)
                  .containsEntry("trigger_comm", null)
                  .containsEntry("score", null)
                  .containsEntry("tasks_dumped", null)
                  .containsEntry("page_size_assumed", true)
                  .containsEntry("trusted", false)
                  .containsKeys("cpuset", "memcg_stats", "explain");
            });
  }

  @Test
  void logPrintsThePartsOfAReport() {
    Cli cli =
        Cli.run(
            "log", "--full", "../oom-kmsg/src/test/resources/golden/6.12/s03-global-noswap.kmsg");

    assertThat(cli.status()).isZero();
    assertThat(cli.out())
        .contains(
            "killed hog (pid 361)",
            "kernel: 6.12.95+deb12-cloud-amd64",
            "out_of_memory+0x257/0x520",
            "zone DMA32: free 26Mi, min 28Mi, low 35Mi, high 42Mi",
            "(pages of 4.0Ki):",
            "kill line: Out of memory: Killed process 361 (hog) total-vm:4096996kB");
  }

  @Test
  void logReadsStandardInput() {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream((KILL + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(Cli.run("log", "-").out()).contains("killed hog (pid 198)");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aLogWithoutKillsPrintsNothingAndIsNoError() throws IOException {
    byte[] noise = new byte[100_000];
    new Random(3).nextBytes(noise);
    Path empty = Files.write(dir.resolve("empty"), new byte[0]);
    Path binary = Files.write(dir.resolve("binary"), noise);

    Cli nothing = new Cli(ProcessHandle.current().pid(), 0, "", "");
    assertThat(Cli.run("log", empty.toString())).isEqualTo(nothing);
    assertThat(Cli.run("log", binary.toString(), "--json")).isEqualTo(nothing);
  }

  @Test
  void aLogThatIsNotThereIsSaidSo() {
    Cli missing = Cli.run("log", dir.resolve("nope").toString());
    Cli directory = Cli.run("log", dir.toString());

    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("nope").hasLineCount(1);
    assertThat(directory.status()).isEqualTo(2);
    assertThat(directory.err()).contains(dir.toString()).hasLineCount(1);
  }
}
