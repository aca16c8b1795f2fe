package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.cgroup.DoomedJvm.Step;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM that dies while it makes a box leaves nothing of it, however far it was. */
@Needs(Need.MEMORY_CGROUP)
@ParameterizedClass
@MethodSource("io.github.oom4j.cgroup.Boxes#backends")
class KilledJvmIT {

  private static final List<Step> WAITED_FOR = List.of(Step.AROUND, Step.BOX, Step.ENTERED);

  private final ScopeBackend backend;

  KilledJvmIT(ScopeBackend backend) {
    this.backend = backend;
  }

  @Test
  void nothingIsLeftOfALaunchThatWasCutShort(TestReporter reporter) throws Exception {
    assertThat(killed(4, false, reporter)).isNotEmpty();
  }

  @Test
  void nothingIsLeftOfALaunchIntoANewScope(TestReporter reporter) throws Exception {
    assumeTrue(backend.isSystemd());
    assertThat(killed(4, true, reporter)).isNotEmpty();
  }

  @Test
  @Tag("exhaustive")
  void nothingIsLeftWhateverTheLastStepWas(TestReporter reporter) throws Exception {
    assertThat(killed(26, false, reporter)).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  @Tag("exhaustive")
  void nothingIsLeftInANewScopeWhateverTheLastStepWas(TestReporter reporter) throws Exception {
    assumeTrue(backend.isSystemd());
    assertThat(killed(26, true, reporter)).hasSizeGreaterThanOrEqualTo(4);
  }

  /** Half of them at moments spread over a launch, half as soon as a step can be seen. */
  private Map<Step, Integer> killed(int times, boolean named, TestReporter reporter)
      throws Exception {
    Set<String> before = files();
    Map<Step, Integer> hits = new EnumMap<>(Step.class);
    long slowest = 0;
    for (int i = 0; i < times; i++) {
      String mark = "1000." + ProcessHandle.current().pid() + i;
      try (DoomedJvm jvm = new DoomedJvm(backend, named, "sleep", mark)) {
        Step step = jvm.stopWhen(i % 2 == 0 ? after(jvm.nanos() * i / times) : sees(jvm, i / 2));
        hits.merge(step, 1, Integer::sum);
        jvm.kill();

        long killed = System.nanoTime();
        assertThat(Await.until(() -> jvm.left().isEmpty())).as("%s: %s", step, jvm.left()).isTrue();
        assertThat(Await.until(() -> commandLines().noneMatch(line -> line.contains(mark))))
            .as("the command, at " + step)
            .isTrue();
        assertThat(Await.until(() -> units(jvm.pid()).isEmpty())).as("units").isTrue();
        slowest = Math.max(slowest, System.nanoTime() - killed);
      }
    }
    assertThat(files()).isSubsetOf(before);
    reporter.publishEntry(
        Map.of("backend", backend.toString(), "hits", hits.toString(), "slowest", slowest + " ns"));
    return hits;
  }

  private static BooleanSupplier after(long nanos) {
    long end = System.nanoTime() + nanos;
    return () -> System.nanoTime() - end >= 0;
  }

  private static BooleanSupplier sees(DoomedJvm jvm, int which) {
    Step step = WAITED_FOR.get(which % WAITED_FOR.size());
    return () -> jvm.has(step);
  }

  private static Stream<String> commandLines() {
    return ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream());
  }

  private List<String> units(long jvm) {
    if (!backend.isSystemd()) {
      return List.of();
    }
    String manager = backend == ScopeBackend.SYSTEMD ? "--system" : "--user";
    String units = "oom4j-" + jvm + "-*";
    try {
      Process systemctl =
          new ProcessBuilder("systemctl", manager, "list-units", "--all", "--no-legend", units)
              .redirectErrorStream(true)
              .start();
      return new String(systemctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> files() {
    Set<String> files = new TreeSet<>();
    for (String directory : new String[] {"/tmp", "/dev/shm", "/run", "/run/systemd/transient"}) {
      File[] entries = Objects.requireNonNullElse(new File(directory).listFiles(), new File[0]);
      Stream.of(entries).map(File::toString).filter(KilledJvmIT::isOurs).forEach(files::add);
    }
    return files;
  }

  /** Not of guest/test, which may run besides. */
  private static boolean isOurs(String file) {
    return file.contains("oom4j") && !file.contains("oom4j-guest");
  }
}
