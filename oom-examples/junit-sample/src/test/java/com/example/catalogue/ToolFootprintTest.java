package com.example.catalogue;

import static io.github.oom4j.junit.OomAssertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.junit.EnabledIfMemoryScopes;
import io.github.oom4j.junit.MemoryLimit;
import org.junit.jupiter.api.Test;

/** What a command needs. The limit stands on the class; each test gets boxes of its own. */
@EnabledIfMemoryScopes
@MemoryLimit("100M")
class ToolFootprintTest {

  @Test
  void copyingInSmallPiecesNeedsLittle(MemoryScope box) throws Exception {
    ScopeResult result =
        box.start("dd", "if=/dev/zero", "of=/dev/null", "bs=1M", "count=300").waitFor();

    assertThat(result).survived().peakedBelow(ByteSize.mebibytes(20)).leftNoProcesses();
  }

  @Test
  void copyingInOnePieceDoesNotFit(MemoryScope box) throws Exception {
    ScopeResult result =
        box.start("dd", "if=/dev/zero", "of=/dev/null", "bs=300M", "count=1").waitFor();

    assertThat(result).wasOomKilled().byItsOwnLimit();
  }

  @Test
  void aParentMaySurviveTheChildItLost(MemoryScope box) throws Exception {
    ScopeResult result =
        box.start("sh", "-c", "dd if=/dev/zero of=/dev/null bs=300M count=1; exit 0").waitFor();

    assertThat(result).lostADescendant().byItsOwnLimit();
  }
}
