package com.example.catalogue;

import static io.github.oom4j.ByteSize.mebibytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.junit.EnabledIfMemoryScopes;
import io.github.oom4j.junit.FloorReport;
import io.github.oom4j.junit.MemoryFloor;
import io.github.oom4j.junit.MemoryLimit;
import io.github.oom4j.junit.MemoryTimeline;
import io.github.oom4j.junit.TimelineRecorder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How little is enough, and a picture of where it went. */
@EnabledIfMemoryScopes
class FloorAndTimelineTest {

  @Test
  void whatAThirdPartyToolNeeds() throws Exception {
    FloorReport report =
        MemoryFloor.of("dd", "if=/dev/zero", "of=/dev/null", "bs=20M", "count=1")
            .between(mebibytes(8), mebibytes(64))
            .within(mebibytes(4))
            .find();

    assertThat(report.floor())
        .as(report.explain())
        .hasValueSatisfying(floor -> assertThat(floor).isBetween(mebibytes(20), mebibytes(32)));
  }

  @Test
  void aPictureOfARun(@MemoryLimit("64M") MemoryScope box) throws Exception {
    Path page = Path.of("target", "memory", "copying.html");
    try (ScopedProcess job = box.start("dd", "if=/dev/zero", "of=/dev/null", "bs=300M", "count=1");
        TimelineRecorder recorder = MemoryTimeline.record(job)) {
      job.waitFor();
      recorder.stop().titled("dd of 300M in a box of 64M").writeHtml(page);
    }
    assertThat(Files.readString(page)).contains("dd of 300M in a box of 64M");
  }
}
