package io.github.oom4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.oom4j.cgroup.Cgroup;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands on a real kernel; those of {@code run} as processes of their own. */
@Needs(Need.LINUX)
class CliIT {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** Holds 300 MB, or would. */
  private static final String[] HOG = {"dd", "if=/dev/zero", "of=/dev/null", "bs=300M", "count=1"};

  private Process sleeper;

  @BeforeEach
  void startSleeper() throws IOException {
    sleeper = new ProcessBuilder("sleep", "300").start();
  }

  @AfterEach
  void endSleeper() throws InterruptedException {
    sleeper.destroyForcibly().waitFor();
  }

  private static Cli tool(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA));
    // As guest/lib/run-tests: these JVMs live for seconds, and compiling is dear under emulation.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    File err = File.createTempFile("cli", ".err");
    try {
      Process process = new ProcessBuilder(command).redirectError(err).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Cli(process.pid(), process.waitFor(), out, Files.readString(err.toPath()));
    } finally {
      Files.delete(err.toPath());
    }
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  void doctorTellsHowMuchMemoryThisJvmCanUseAndWhoSaysSo() {
    Cli cli = Cli.run("doctor");

    assertThat(cli.status()).isZero();
    assertThat(cli.out().lines())
        .last()
        .isEqualTo("This process can use at most " + Cgroup.self().effectiveMax().explain());
  }

  private static Cli run(String max, String... command) throws Exception {
    List<String> args = new ArrayList<>(List.of("run", "--memory-max", max, "--json", "--"));
    args.addAll(List.of(command));
    return tool(args.toArray(String[]::new));
  }

  private static Map<String, Object> verdict(Cli cli) {
    assertThat(cli.out()).as("standard error: %s", cli.err()).isNotEmpty();
    List<String> lines = cli.out().lines().toList();
    try {
      return JSON.std.mapFrom(lines.get(lines.size() - 1));
    } catch (IOException e) {
      throw new IllegalStateException(cli.out(), e);
    }
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  void floorFindsHowLittleACommandNeeds() {
    String[] hog = {"dd", "if=/dev/zero", "of=/dev/null", "bs=30M", "count=1"};
    Cli table = floor("--repeats", "2", "--max", "200M", "--", hog);
    Cli json = floor("--json", "--max", "200M", "--", hog);

    assertThat(table.status()).as("%s", table).isZero();
    assertThat(table.out()).contains("memory.max", "OOM-killed", "2 times of 2", "Recommended: ");
    assertThat(table.err()).contains("oom4j: at 200Mi: succeeded");
    assertThat(json.status()).as("%s", json).isZero();
    assertThat(json.json())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report)
                  .containsOnlyKeys(
                      "outcome", "floor_bytes", "recommended_bytes", "flaky", "explain", "probes")
                  .containsEntry("outcome", "FOUND")
                  .containsEntry("flaky", false);
              assertThat(((Number) Objects.requireNonNull(report.get("floor_bytes"))).longValue())
                  .isBetween(30L << 20, 34L << 20);
            });
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  void floorSaysWhyThereIsNone() {
    Cli cli = floor("--max", "64M", "--", "sh", "-c", "echo no such table; exit 3");

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.out()).contains("exit value 3", "\"no such table\"");
    assertThat(floor("--", "no-such-program").status()).isEqualTo(2);
  }

  private static Cli floor(Object... words) {
    List<String> args = new ArrayList<>(List.of("floor"));
    for (Object word : words) {
      args.addAll(word instanceof String[] several ? List.of(several) : List.of((String) word));
    }
    return Cli.run(args.toArray(String[]::new));
  }

  @Test
  @Needs({Need.MEMORY_CGROUP, Need.KMSG})
  void aCommandThatOutgrowsItsBoxIsOomKilled() throws Exception {
    Cli cli = run("64M", HOG);

    assertThat(cli.status()).as("%s", cli).isEqualTo(137);
    assertThat(verdict(cli))
        .containsOnlyKeys(
            "exit_code",
            "verdict",
            "verdict_scope",
            "explain",
            "victim_pid",
            "victim_comm",
            "peak_bytes",
            "oom_kills",
            "backend",
            "kernel_record")
        .containsEntry("exit_code", 137)
        .containsEntry("verdict", "OOM_KILLED")
        .containsEntry("verdict_scope", "OWN_LIMIT")
        .containsEntry("victim_comm", "dd")
        .containsEntry("kernel_record", true)
        .satisfies(
            json -> {
              assertThat((String) json.get("explain")).contains("pid " + json.get("victim_pid"));
              if (json.get("peak_bytes") != null) {
                assertThat(((Number) Objects.requireNonNull(json.get("peak_bytes"))).longValue())
                    .isBetween(32L << 20, 64L << 20);
              }
            });
    assertNothingLeft(cli);
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  @Tag("slow")
  void aCommandThatFitsExits() throws Exception {
    Cli cli = run("1G", HOG);

    assertThat(cli.status()).as("%s", cli).isZero();
    assertThat(verdict(cli))
        .containsEntry("verdict", "EXITED")
        .containsEntry("verdict_scope", null)
        .containsEntry("oom_kills", 0)
        .containsEntry("kernel_record", false);
    assertNothingLeft(cli);
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  @Tag("slow")
  void sigkillFromElsewhereIsNotTheOomKiller() throws Exception {
    Cli cli = run("64M", "sh", "-c", "kill -9 $$");

    assertThat(cli.status()).as("%s", cli).isEqualTo(137);
    assertThat(verdict(cli))
        .containsEntry("verdict", "KILLED")
        .satisfies(json -> assertThat((String) json.get("explain")).contains("ruled out"));
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  @Tag("slow")
  void aShellThatSurvivesItsChildTellsSo() throws Exception {
    Cli cli = run("64M", "sh", "-c", String.join(" ", HOG) + "; exit 5");

    assertThat(cli.status()).as("%s", cli).isEqualTo(5);
    assertThat(verdict(cli))
        .containsEntry("verdict", "DESCENDANT_OOM_KILLED")
        .containsEntry("exit_code", 5);
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  @Tag("slow")
  void theCommandsOutputComesThroughAndItsStatusToo() throws Exception {
    Cli cli = tool("run", "--memory-max", "64M", "sh", "-c", "echo out; echo err >&2; exit 7");

    assertThat(cli.status()).as("%s", cli).isEqualTo(7);
    assertThat(cli.out()).isEqualTo("out\n");
    assertThat(cli.err()).startsWith("err\n").contains("oom4j: Exited with code 7");
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  void whatCanNotBeStartedIsBadInputAndLeavesNothing() throws IOException {
    for (String program :
        new String[] {"/no/such/program", "no-such-program", "/etc/passwd", "/"}) {
      Cli cli = Cli.run("run", "--memory-max", "64M", "--json", program);
      assertThat(cli.status()).as("%s: %s", program, cli).isEqualTo(2);
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err()).contains(program).hasLineCount(1);
      assertNothingLeft(cli);
    }
  }

  /** It takes systemd a moment to see that a scope is empty. */
  private static void assertNothingLeft(Cli cli) {
    Await.until(() -> boxes(cli).isEmpty());
    assertThat(boxes(cli)).isEmpty();
  }

  /** Wherever they are; others may have boxes on this machine, or have left some. */
  private static List<Path> boxes(Cli cli) {
    String name = "oom4j-" + cli.jvm() + "-";
    try (Stream<Path> found =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            8,
            (path, attributes) ->
                attributes.isDirectory() && path.getFileName().toString().startsWith(name))) {
      return found.toList();
    } catch (UncheckedIOException e) {
      return boxes(cli); // one went while it was looked at
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void memoryHasEveryLineOfMeminfo() throws Exception {
    Cli text = Cli.run("memory");
    Cli json = Cli.run("memory", "--json");

    assertThat(text.out()).contains("Mem:", "Swap:", "overcommit_memory", "CommitLimit");
    List<String> names;
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      names = lines.map(line -> line.substring(0, line.indexOf(':'))).toList();
    }
    assertThat(json.json())
        .singleElement()
        .satisfies(
            object -> {
              assertThat(object).containsOnlyKeys("meminfo", "overcommit", "vm");
              assertThat(((Map<?, ?>) Objects.requireNonNull(object.get("meminfo"))).keySet())
                  .isEqualTo(new java.util.LinkedHashSet<>(names));
            });
  }

  @Test
  void scoreReadsAndNudges() {
    String pid = Long.toString(sleeper.pid());

    Cli nudged = Cli.run("score", pid, "--adjust", "1000", "--json");
    Cli text = Cli.run("score", "^sleep$");

    assertThat(nudged.status()).as(nudged.err()).isZero();
    assertThat(nudged.json())
        .singleElement()
        .satisfies(
            json ->
                assertThat(json)
                    .containsOnlyKeys(
                        "pid", "comm", "oom_score", "oom_score_adj", "points", "killability")
                    .containsEntry("comm", "sleep")
                    .containsEntry("oom_score_adj", 1000)
                    .containsEntry("killability", "KILLABLE"));
    assertThat(text.out()).contains("oom_score_adj").contains(pid);
  }

  @Test
  void scoreErrorsHaveTheirStatus() throws Exception {
    long pid = sleeper.pid();

    assertThat(Cli.run("score", "" + pid, "--adjust", "1001").status()).isEqualTo(2);
    assertThat(Cli.run("score", "no such name at all").status()).isEqualTo(2);
    endSleeper();
    assertThat(Cli.run("score", "" + pid))
        .satisfies(
            cli -> {
              assertThat(cli.status()).as("%s", cli).isEqualTo(2);
              assertThat(cli.err()).contains("no process with PID " + pid).hasLineCount(1);
            });
  }

  @Test
  @Needs(Need.NO_CAP_SYS_RESOURCE)
  void loweringWithoutTheCapabilityIsNotPermitted() {
    Cli cli = Cli.run("score", "" + sleeper.pid(), "--adjust", "-1000");

    assertThat(cli.status()).as("%s", cli).isEqualTo(3);
    assertThat(cli.err()).contains("CAP_SYS_RESOURCE").hasLineCount(1);
  }

  @Test
  void rankingIsInKillOrder() {
    Cli json = Cli.run("ranking", "--json", "--limit", "5");

    assertThat(json.json())
        .isNotEmpty()
        .hasSizeLessThanOrEqualTo(5)
        .allSatisfy(
            row ->
                assertThat(row)
                    .containsKeys(
                        "pid",
                        "comm",
                        "oom_score",
                        "oom_score_adj",
                        "points",
                        "killability",
                        "rank",
                        "cgroup"))
        .isSortedAccordingTo((a, b) -> Long.compare(number(b, "points"), number(a, "points")));
    assertThat(Cli.run("ranking").out()).contains("rank").contains("may be killed");
  }

  @Test
  void rankingAnswersWhatIf() throws Exception {
    String volunteer = sleeper.pid() + "=1000";
    Cli cli = Cli.run("ranking", "--json", "--limit", "1", "--what-if", volunteer);

    assertThat(number(cli.json().get(0), "pid")).isEqualTo(sleeper.pid());
    assertThat(number(cli.json().get(0), "oom_score_adj")).isEqualTo(1000);
    assertThat(Files.readString(Path.of("/proc/" + sleeper.pid() + "/oom_score_adj")))
        .isNotEqualTo("1000\n");
    assertThat(Cli.run("ranking", "--what-if", volunteer, "--limit", "1").out())
        .contains("the kernel kills sleep (pid " + sleeper.pid() + ")");
    assertThat(Cli.run("ranking", "--what-if", "x=1").status()).isEqualTo(2);
    assertThat(Cli.run("ranking", "--what-if", sleeper.pid() + "=1001").status()).isEqualTo(2);
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  void rankingOfACgroup() throws Exception {
    String own = Cgroup.self().path().toString();
    assertThat(Cli.run("ranking", "--cgroup", own, "--json").json())
        .anySatisfy(row -> assertThat(number(row, "pid")).isEqualTo(ProcessHandle.current().pid()));
    Cli missing = Cli.run("ranking", "--cgroup", "/no/such/cgroup");
    assertThat(missing.status()).as("%s", missing).isEqualTo(3);
    assertThat(missing.err()).contains("/no/such/cgroup").hasLineCount(1);
  }

  @Test
  void rankingIsShownAgainUntilSomebodyEndsIt() throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA, "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("ranking", "--watch", "0.1", "--limit", "1", "--json"));
    Process watch = new ProcessBuilder(command).start();
    try {
      assertThat(watch.inputReader().readLine()).startsWith("{");
      assertThat(watch.inputReader().readLine()).startsWith("{");
    } finally {
      watch.destroyForcibly().waitFor();
    }
  }

  private static long number(Map<String, Object> row, String key) {
    return ((Number) Objects.requireNonNull(row.get(key))).longValue();
  }
}
