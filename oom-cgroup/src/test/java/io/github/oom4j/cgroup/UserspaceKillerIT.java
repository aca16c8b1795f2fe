package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ExitVerdict;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** systemd-oomd really kills a box for its pressure. */
@Needs({Need.GUEST, Need.ROOT, Need.PSI, Need.SYSTEMD_SYSTEM_BUS, Need.MEMORY_CGROUP})
class UserspaceKillerIT {

  @Test
  void systemdOomdIsNamed() throws Exception {
    Path settings = Path.of("/run/systemd/oomd.conf.d/oom4j.conf");
    Files.createDirectories(settings.getParent());
    Files.writeString(settings, "[OOM]\nDefaultMemoryPressureDurationSec=1s\n");
    String unit = "oom4j-oomd-test.service";
    try {
      sh(
          "systemctl start systemd-oomd && systemd-run -q -p Delegate=yes --slice=oom4jtest.slice"
              + " --unit="
              + unit
              + " sleep 1000 && systemctl set-property --runtime oom4jtest.slice MemoryHigh=50M"
              + " ManagedOOMMemoryPressure=kill ManagedOOMMemoryPressureLimit=2%");
      Path service = Path.of("/sys/fs/cgroup/oom4jtest.slice/" + unit);
      String script =
          "cd %s && mkdir leaf && for p in $(cat cgroup.procs); do echo $p >leaf/cgroup.procs; done"
              + " && echo +memory >cgroup.subtree_control && mkdir box";
      sh(script.formatted(service));
      Path box = service.resolve("box");
      Snapshot before = Snapshot.of(Cgroup.at(box));
      Instant started = Instant.now();
      Process process =
          new ProcessBuilder(
                  "sh", "-c", "echo $$ >'" + box + "/cgroup.procs'; cd /tmp; exec hog 400 stay 60")
              .start();
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();

      Autopsy autopsy =
          new Autopsy(
              ScopeBackend.CGROUPFS,
              Cgroup.at(box),
              before,
              new KernelRecords("box", process.pid(), started),
              process.pid());
      ScopeResult result =
          autopsy.perform(process.exitValue(), Snapshot.of(Cgroup.at(box)), Optional::empty);

      assertThat(result.verdict())
          .isInstanceOfSatisfying(
              ExitVerdict.UserspaceOomKilled.class,
              killed -> {
                assertThat(killed.killer()).isEqualTo("systemd-oomd");
                assertThat(killed.kill().trace()).contains("cgroup /oom4jtest.slice/");
              });
      assertThat(result.events().oomKill()).hasValue(0);

      String name = Cgroup.at(box).name();
      assertThat(
              new UserspaceKillers(new Journal("journalctl"))
                  .find(name, OptionalLong.empty(), started, new ArrayList<>()))
          .as("its message in the journal")
          .hasValueSatisfying(kill -> assertThat(kill.trace()).contains("Killed " + name + " due"));
    } finally {
      sh("systemctl stop systemd-oomd.socket systemd-oomd " + unit + " oom4jtest.slice; true");
      Files.delete(settings);
    }
  }

  private static void sh(String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor()).isZero();
  }
}
