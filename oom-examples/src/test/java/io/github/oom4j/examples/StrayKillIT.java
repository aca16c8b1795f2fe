package io.github.oom4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Confidence;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeBackend;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Kills that the counters of a box leave out; the kernel's log has them. */
@Needs({Need.ROOT, Need.MEMORY_CGROUP, Need.KMSG})
class StrayKillIT {

  private static final MemoryScope SCOPE =
      MemoryScope.builder().memoryMax(ByteSize.mebibytes(256)).build();

  @Test
  void aCommandThatMovedToAnotherCgroupWasKilledThere() throws Exception {
    Path elsewhere = ScopeBackend.detect().parent().orElseThrow().resolve("stray-" + name());
    Files.createDirectory(elsewhere);
    try (ScopedProcess job =
        SCOPE.start(
            "sh", "-c", "echo 0 >\"$0/cgroup.procs\"; exec tail /dev/zero", limited(elsewhere))) {
      ExitVerdict verdict = job.waitFor().verdict();

      assertThat(verdict).as(verdict.explain()).isInstanceOf(ExitVerdict.OomKilled.class);
      assertThat(verdict.confidence()).isEqualTo(Confidence.CERTAIN);
      assertThat(verdict.explain())
          .contains("it was that of cgroup /")
          .contains(elsewhere.getFileName() + ", outside of this scope");
    } finally {
      assertThat(Await.until(() -> elsewhere.toFile().delete())).isTrue();
    }
  }

  /** v2 adds them up; v1 forgets them with the cgroup. */
  @Test
  @Needs(Need.CGROUP_V1)
  void aKillInACgroupThatIsGoneIsADescendants() throws Exception {
    String script =
        "read box; mkdir $box/n && echo 20M >$box/n/memory.limit_in_bytes || exit 9;"
            + " sh -c 'echo 0 >$0/cgroup.procs; exec tail /dev/zero' $box/n;"
            + " until rmdir $box/n; do :; done; exit 5";
    try (ScopedProcess job = SCOPE.start("sh", "-c", script)) {
      try (Writer path = job.process().outputWriter()) {
        path.write(job.cgroup().path() + "\n");
      }
      ExitVerdict verdict = job.waitFor().verdict();

      assertThat(verdict).as(verdict.explain()).isInstanceOf(ExitVerdict.DescendantOomKilled.class);
      assertThat(verdict.evidence().exitValue()).isEqualTo(5);
      assertThat(verdict.explain()).contains("/n, nested in this scope");
    }
  }

  private static String limited(Path cgroup) throws IOException {
    Path v2 = cgroup.resolve("memory.max");
    Path limit = Files.exists(v2) ? v2 : cgroup.resolve("memory.limit_in_bytes");
    Files.writeString(limit, Long.toString(20L << 20));
    return cgroup.toString();
  }

  private static String name() {
    return UUID.randomUUID().toString();
  }
}
