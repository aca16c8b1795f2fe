package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomException;
import io.github.oom4j.ProcessGoneException;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@Needs(Need.MEMORY_CGROUP)
class CgroupIT {

  @Test
  void thisJvmIsInItsOwnCgroup() {
    Cgroup self = Cgroup.self();

    assertThat(self.pids()).contains(ProcessHandle.current().pid());
    assertThat(self).isEqualTo(Cgroup.of(ProcessHandle.current().pid()));
    assertThat(self.name()).startsWith("/").isEqualTo(Cgroup.at(self.path()).name());
  }

  @Test
  void aRunningBoxIsReadLive() throws Exception {
    String keep = "x=$(head -c 4000000 /dev/zero | tr '\\0' x); echo; read y";
    try (ScopedProcess job = Boxes.ofMebibytes(256).start("sh", "-c", keep)) {
      assertThat(job.process().inputReader().readLine()).isEmpty();
      Cgroup box = Cgroup.of(job.pid());

      assertThat(box).isEqualTo(job.cgroup());
      assertThat(box.name()).isEqualTo(job.cgroup().name());
      assertThat(box.memory().max().size()).contains(ByteSize.mebibytes(256));
      assertThat(box.memory().current()).isGreaterThan(ByteSize.bytes(4_000_000));
      assertThat(box.stat().anon().orElseThrow()).isGreaterThan(ByteSize.bytes(4_000_000));
      assertThat(box.events().oomKill()).hasValue(0);
    }
  }

  @Test
  void aProcessThatIsGoneIsSaidToBe() throws Exception {
    Process process = new ProcessBuilder("true").start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThatExceptionOfType(ProcessGoneException.class)
        .isThrownBy(() -> Cgroup.of(process.pid()))
        .withMessageContaining("no process " + process.pid());
  }

  @Test
  void aBoxThatIsGoneHasNoNumbers() {
    ScopedProcess job = Boxes.ofMebibytes(64).start("true");
    job.close();

    assertThatExceptionOfType(OomException.class).isThrownBy(() -> job.cgroup().memory());
    assertThatExceptionOfType(OomException.class).isThrownBy(() -> job.cgroup().events());
    assertThatExceptionOfType(OomException.class).isThrownBy(() -> job.cgroup().pids());
  }
}
