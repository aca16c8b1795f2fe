package io.github.oom4j.junit;

import static io.github.oom4j.junit.OomAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import org.junit.jupiter.api.Test;

/** Each assertion, on real ends of real commands: true and false. */
@Needs(Need.MEMORY_CGROUP)
@MemoryLimit("64M")
class OomAssertionsIT {

  private static ScopeResult run(MemoryScope box, String script) throws InterruptedException {
    try (ScopedProcess job = box.start("sh", "-c", script)) {
      return job.waitFor();
    }
  }

  @Test
  void aKill(MemoryScope box) throws Exception {
    ScopeResult killed = run(box, "exec " + MemoryLimitIT.hog(300));

    assertThat(killed).wasOomKilled().byItsOwnLimit().peakedAtLeast(ByteSize.mebibytes(32));
    assertThatThrownBy(() -> assertThat(killed).survived())
        .hasMessageStartingWith(
            "Expected the command to survive in its box, but:\n  verdict  OOM-killed: ")
        .hasMessageContaining("\n  limit    64Mi\n  peak     ");
    assertThatThrownBy(() -> assertThat(killed).byAnAncestorsLimit())
        .hasMessageContaining("Expected an OOM kill by the limit of a cgroup above the box");
    assertThatThrownBy(() -> assertThat(killed).byTheSystem())
        .hasMessageContaining("lack of memory of the whole machine");
    assertThatThrownBy(() -> assertThat(killed).lostADescendant())
        .hasMessageContaining("and not the command");
    assertThatThrownBy(() -> assertThat(killed).asAGroup()).hasMessageContaining("whole group");
  }

  @Test
  @Needs({Need.MEMORY_CGROUP, Need.KMSG})
  void theKernelsRecordOfIt(MemoryScope box) throws Exception {
    ScopeResult killed = run(box, "exec " + MemoryLimitIT.hog(300));
    String name = killed.verdict().evidence().cgroup().orElseThrow();

    OomKillEventAssert kill = assertThat(killed).kernelRecord();
    kill.hasVictimNamed("dd").hasConstraint(OomConstraint.MEMCG);
    if (killed.verdict().evidence().kernelRecords().get(0).oomCgroup().isPresent()) {
      kill.hasOomCgroupEndingWith(name.substring(name.lastIndexOf('/')));
    } // else the kernel had printed its ten reports in five seconds
    assertThatThrownBy(() -> kill.hasOomCgroupEndingWith("/nowhere"))
        .hasMessageContaining("a cgroup whose path ends with '/nowhere'");

    assertThatThrownBy(() -> kill.hasVictimNamed("java"))
        .hasMessageContaining("Expected a victim named 'java', but:\n  kernel   ")
        .hasMessageContaining("(dd)");
    assertThatThrownBy(() -> kill.hasVictimPid(1)).hasMessageContaining("a victim with pid 1,");
    assertThatThrownBy(() -> kill.hasConstraint(OomConstraint.CPUSET))
        .hasMessageContaining("the constraint CPUSET");
    assertThatThrownBy(kill::isGroupKill).hasMessageContaining("a kill of a group");
  }

  @Test
  void aSurvival(MemoryScope box) throws Exception {
    ScopeResult exited = run(box, "exit 5");

    assertThat(exited).survived().exitedWith(5).peakedBelow(ByteSize.mebibytes(32));
    assertThat(exited).leftNoProcesses();
    assertThatThrownBy(() -> assertThat(exited).exitedWith(0))
        .hasMessageContaining("the command to exit with 0, but:\n  verdict  Exited with code 5");
    assertThatThrownBy(() -> assertThat(exited).wasOomKilled())
        .hasMessageContaining("no OOM kill was seen");
    assertThatThrownBy(() -> assertThat(exited).peakedBelow(ByteSize.bytes(1)))
        .hasMessageContaining("a peak below 1B (1 bytes), but:")
        .hasMessageContaining("bytes)");
    assertThatThrownBy(() -> assertThat(exited).kernelRecord())
        .hasMessageContaining("the kernel's record of a kill in the box");
  }

  @Test
  void aChildThatDied(MemoryScope box) throws Exception {
    ScopeResult lost = run(box, MemoryLimitIT.hog(300) + "; exit 0");

    assertThat(lost).lostADescendant().byItsOwnLimit();
    assertThatThrownBy(() -> assertThat(lost).survived()).hasMessageContaining("A descendant");
  }

  @Test
  void aGroup(@MemoryLimit(value = "64M", group = true) MemoryScope box) throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        box.backend().orElseThrow() != io.github.oom4j.cgroup.ScopeBackend.CGROUP_V1,
        "cgroup v1 has no memory.oom.group");
    assertThat(run(box, "sleep 100 & exec " + MemoryLimitIT.hog(300)))
        .wasOomKilled()
        .asAGroup()
        .leftNoProcesses();
  }

  @Test
  void whatWasLeftBehind(MemoryScope box) throws Exception {
    ScopeResult left = run(box, "sleep 1000 & exit 0");

    assertThatThrownBy(() -> assertThat(left).leftNoProcesses())
        .hasMessageContaining("Expected the command to leave no process in its box, but:")
        .message()
        .containsPattern("\n  left     (sleep|sh) \\(pid [0-9]+\\)");
  }
}
