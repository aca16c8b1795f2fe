package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.DeniedException;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LaunchException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boxes as systemd sees them. */
class SystemdIT {

  private static final boolean USER = !System.getProperty("user.name").equals("root");

  private static MemoryScope box() {
    return Boxes.ofMebibytes(USER ? ScopeBackend.SYSTEMD_USER : ScopeBackend.SYSTEMD, 64);
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_USER_BUS, Need.UNPRIVILEGED})
  void anybodyHasABoxWithTheirOwnSystemd() throws Exception {
    isAScope();
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void rootHasABoxWithTheSystems() throws Exception {
    isAScope();
  }

  private static void isAScope() throws Exception {
    ScopedProcess job = box().start("sh", "-c", "read line; exec " + Boxes.hog(300));
    String unit = Boxes.unitOf(job);
    try (job) {
      assertThat(job.backend()).isEqualTo(ScopeBackend.detect().orElseThrow());
      assertThat(show(unit, "ActiveState", "Delegate", "Description"))
          .containsExactlyInAnyOrder(
              "ActiveState=active",
              "Delegate=yes",
              "Description=oom4j: a command with memoryMax=64Mi, swapMax=0B");
      assertThat(show(unit, "ControlGroup"))
          .containsExactly("ControlGroup=" + Path.of(job.cgroup().name()).getParent());
      job.process().getOutputStream().close();

      assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
      assertThat(show(unit, "ActiveState")).containsExactly("ActiveState=active");
    }
    assertThat(Await.until(() -> show(unit, "LoadState").equals(List.of("LoadState=not-found"))))
        .isTrue();
    assertThat(systemctl("list-units", "--failed", "--no-legend", "oom4j-*")).isEmpty();
  }

  /** The scope goes by the way of systemd: SIGTERM to all. The guard stays to keep the counters. */
  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aScopeThatIsStoppedEndsItsCommandAndKeepsTheEvidence() throws Exception {
    try (ScopedProcess job = box().start("sleep", "1000")) {
      systemctl("--no-block", "stop", Boxes.unitOf(job));

      ScopeResult result = job.waitFor();

      assertThat(result.exitValue()).isEqualTo(128 + 15);
      assertThat(result.events().oomKill()).hasValue(0);
      assertThat(result.verdict()).isInstanceOf(ExitVerdict.Killed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"daemon-reload", "daemon-reexec"})
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aBoxOutlivesTheReloadOfSystemd(String verb) throws Exception {
    try (ScopedProcess job = box().start("sh", "-c", "read line; exec " + Boxes.hog(300))) {
      systemctl(verb);
      assertThat(job.cgroup().memory().max().size()).isEqualTo(box().limits().memoryMax());
      job.process().getOutputStream().close();

      assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
    }
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aUnitIsAsItWasAskedFor() throws Exception {
    String name = "oom4j-" + ProcessHandle.current().pid() + "-it.scope";
    ScopeUnit unit =
        ScopeUnit.any()
            .withName(name)
            .withSlice("oom4j.slice")
            .withDescription("it fits")
            .withRuntimeMax(Duration.ofSeconds(2));
    MemoryScope scope =
        MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).pidsMax(50).unit(unit).build();
    for (int i = 0; i < 2; i++) { // the name is free again as soon as the box is closed
      try (ScopedProcess job = scope.start("sleep", "1000")) {
        assertThat(job.cgroup().name()).startsWith("/oom4j.slice/" + name + "/oom4j-");
        assertThat(show(name, "Description", "RuntimeMaxUSec"))
            .containsExactlyInAnyOrder("Description=it fits", "RuntimeMaxUSec=2s");
        assertThat(Files.readString(job.cgroup().path().resolve("pids.max"))).isEqualTo("50\n");
        assertThatExceptionOfType(LaunchException.class)
            .isThrownBy(() -> scope.start("true"))
            .withMessageContaining(name);

        ScopeResult result = job.waitFor();

        assertThat(result.exitValue()).isEqualTo(128 + 15);
        assertThat(result.verdict()).isInstanceOf(ExitVerdict.Killed.class);
      }
    }
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aScopeServesTheNextBoxOfItsKind() throws Exception {
    String first = unitOfOne(box());
    MemoryScope.Builder like = MemoryScope.builder().memoryMax(ByteSize.mebibytes(64));
    String named = "oom4j-" + ProcessHandle.current().pid() + "-named.scope";

    assertThat(unitOfOne(box())).isEqualTo(first);
    assertThat(unitOfOne(like.unit(ScopeUnit.any().withSlice("oom4j.slice")).build()))
        .isNotEqualTo(first);
    assertThat(unitOfOne(like.unit(ScopeUnit.any().withName(named)).build())).isEqualTo(named);
    ScopeUnit timed = ScopeUnit.any().withRuntimeMax(Duration.ofMinutes(1));
    assertThat(unitOfOne(like.unit(timed).build())).isNotEqualTo(unitOfOne(like.build()));
    try (ScopedProcess one = box().start("sleep", "1000");
        ScopedProcess other = box().start("sleep", "1000")) {
      assertThat(Boxes.unitOf(one)).isNotEqualTo(Boxes.unitOf(other));
    }
    assertThat(Boxes.left()).isEmpty();
  }

  /** Else systemd would kill the next box too, five seconds after the first was stopped. */
  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aScopeThatIsBeingStoppedServesNobody() throws Exception {
    String first;
    try (ScopedProcess job = box().start("sleep", "1000")) {
      first = Boxes.unitOf(job);
      systemctl("--no-block", "stop", first);
      job.waitFor();
    }

    try (ScopedProcess next = box().start("sleep", "1000")) {
      assertThat(Boxes.unitOf(next)).isNotEqualTo(first);
      assertThat(show(Boxes.unitOf(next), "ActiveState")).containsExactly("ActiveState=active");
    }
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aScopeWhoseGuardWasKilledServesNobody() throws Exception {
    String first;
    try (ScopedProcess job = box().start("sleep", "1000")) {
      first = Boxes.unitOf(job);
      Path guard = job.cgroup().path().resolveSibling("guard/cgroup.procs");
      Boxes.signal("KILL", Long.parseLong(Files.readString(guard).strip()));
    }

    assertThat(unitOfOne(box())).isNotEqualTo(first);
  }

  /** Also with the event of the former still in the kernel's log, of the same scope. */
  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.ROOT})
  void aBoxKnowsNothingOfTheOneBefore() throws Exception {
    String unit;
    try (ScopedProcess job = box().start("sh", "-c", "exec " + Boxes.hog(300))) {
      assertThat(job.waitFor().verdict()).isInstanceOf(ExitVerdict.OomKilled.class);
      unit = Boxes.unitOf(job);
    }

    try (ScopedProcess next = box().start("sh", "-c", "kill -9 $$")) {
      ScopeResult result = next.waitFor();

      assertThat(Boxes.unitOf(next)).isEqualTo(unit);
      assertThat(result.events().oomKill()).hasValue(0);
      assertThat(result.verdict()).isInstanceOf(ExitVerdict.Killed.class);
    }
  }

  /** Of a box that has ended by itself. */
  private static String unitOfOne(MemoryScope scope) throws Exception {
    try (ScopedProcess job = scope.start("true")) {
      assertThat(job.waitFor().exitValue()).isZero();
      return Boxes.unitOf(job);
    }
  }

  @Test
  @Needs(Need.MEMORY_CGROUP)
  void aUnitTakesSystemd() {
    MemoryScope.Builder scope =
        MemoryScope.builder().memoryMax(ByteSize.mebibytes(64)).unit(ScopeUnit.any());

    Boxes.backends()
        .filter(backend -> !backend.toString().startsWith("systemd"))
        .forEach(
            backend ->
                assertThatExceptionOfType(UnsupportedKernelException.class)
                    .isThrownBy(() -> scope.backend(backend).start("true"))
                    .withMessageContaining("not " + backend));
  }

  /** The kernel does not let it into the box: the user's manager does, for a JVM of that user. */
  @Test
  @Needs({Need.GUEST, Need.ROOT, Need.SYSTEMD_SYSTEM_BUS})
  void aJvmOutsideOfTheUsersManagerHasABoxWithIt(@TempDir Path dir) throws Exception {
    Path output = dir.resolve("output");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"));
    command.addAll(List.of("env", "-i", "PATH=" + System.getenv("PATH")));
    command.addAll(
        Boxes.java(BoxHolder.class, "systemd-user", "64", "sh", "-c", "sleep 1; exit 7"));
    Process jvm =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(Files.readString(output))
        .containsPattern("/user@1000[.]service/.*[.]scope/oom4j-" + jvm.pid() + "-[0-9a-f]+\n$");
    assertThat(jvm.exitValue()).isZero();
    assertThat(Await.until(() -> Boxes.of(jvm.pid()).isEmpty())).isTrue();
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.SYSTEMD_SYSTEM_BUS, Need.UNPRIVILEGED})
  void theSystemsManagerRefusesAUser() {
    MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.SYSTEMD, 64);

    assertThatExceptionOfType(DeniedException.class)
        .isThrownBy(() -> scope.start("true"))
        .withMessageContaining("org.freedesktop.DBus.Error");
    assertThat(Boxes.left()).isEmpty();
  }

  private static List<String> show(String unit, String... properties) {
    return systemctl("show", unit, "--property=" + String.join(",", properties));
  }

  private static List<String> systemctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("systemctl", USER ? "--user" : "--system"));
    command.addAll(Arrays.asList(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output.lines().toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
