package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.Limit;
import io.github.oom4j.cgroup.Cgroup;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real boxes, recorded. */
@Needs(Need.MEMORY_CGROUP)
class MemoryTimelineIT {

  private static final Duration EVERY = Duration.ofMillis(2);

  private static ScopedProcess start(int mebibytes, String script) {
    return MemoryScope.builder()
        .memoryMax(ByteSize.mebibytes(mebibytes))
        .start(
            new ProcessBuilder("sh", "-c", script).redirectError(ProcessBuilder.Redirect.DISCARD));
  }

  private static String hog(int mebibytes) {
    return "dd if=/dev/zero of=/dev/null count=1 bs=" + mebibytes + "M";
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(threads()).isZero();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors.filter(MemoryTimelineIT::isOfMemory)).isEmpty();
    }
  }

  private static boolean isOfMemory(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).getFileName().toString().startsWith("memory.");
    } catch (IOException e) {
      return false;
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("oom4j-timeline"))
        .count();
  }

  @Test
  void aKillIsRecordedWithTheLimitThePeakAndTheVerdict() throws Exception {
    // The second lets a busy machine take more than one sample.
    try (ScopedProcess job = start(64, "read go; sleep 1; exec " + hog(300));
        TimelineRecorder recorder = MemoryTimeline.record(job, EVERY)) {
      go(job);
      ScopeResult result = job.waitFor();
      MemoryTimeline timeline = recorder.stop();

      assertThat(timeline.result()).hasValue(result);
      assertThat(timeline.kills()).hasSize(1);
      assertThat(timeline.kills().get(0)).isLessThanOrEqualTo(timeline.length());
      assertThat(timeline.samples())
          .hasSizeGreaterThanOrEqualTo(2)
          .allSatisfy(
              sample -> assertThat(sample.max()).isEqualTo(Limit.of(ByteSize.mebibytes(64))));
      assertThat(timeline.peak()).isEqualTo(result.peak());
      assertThat(timeline.toHtml())
          .contains("OOM kill", result.verdict().explain().split("\"", 2)[0]);
      assertThat(recorder.stop()).isSameAs(timeline);
    }
  }

  @Test
  void whatMemoryIsMadeOfIsWhatTheCgroupSays() throws Exception {
    try (ScopedProcess job =
        start(128, "x=$(head -c 20000000 /dev/zero | tr '\\0' x); echo; read y")) {
      job.process().getInputStream().read();
      Cgroup box = job.cgroup();
      try (TimelineRecorder recorder = MemoryTimeline.record(box, EVERY)) {
        Thread.sleep(50);
        TimelineSample last = last(recorder.stop());

        assertThat(last.anon().orElseThrow().bytes())
            .isBetween(19_000_000L, last.current().bytes());
        assertThat(last.anon()).isEqualTo(box.stat().anon());
        assertThat(last.file()).isEqualTo(box.stat().file());
        assertThat(last.current()).isEqualTo(box.memory().current());
        assertThat(last.max()).isEqualTo(box.memory().max());
      }
      go(job);
      job.waitFor();
    }
  }

  private static TimelineSample last(MemoryTimeline timeline) {
    return timeline.samples().get(timeline.samples().size() - 1);
  }

  private static void go(ScopedProcess job) throws IOException {
    try (OutputStream in = job.process().getOutputStream()) {
      in.write('\n');
    }
  }

  @Test
  @Needs({Need.PSI, Need.CGROUP_V2})
  void pressureIsThatOfTheBox() throws Exception {
    try (ScopedProcess job = start(64, "exec sleep 300");
        TimelineRecorder recorder = MemoryTimeline.record(job, EVERY)) {
      Thread.sleep(20);

      assertThat(last(recorder.stop()).some()).isPresent();
    }
  }

  @Test
  void aRecordingEndsWithTheCommandOrTheBox() throws Exception {
    TimelineRecorder ofJob;
    TimelineRecorder ofBox;
    try (ScopedProcess job = start(64, "exit 3")) {
      ofJob = MemoryTimeline.record(job);
      ofBox = MemoryTimeline.record(job.cgroup(), EVERY);
      job.waitFor();
      awaitThreads(1);
    }
    awaitThreads(0);

    assertThat(ofJob.stop().result().map(ScopeResult::exitValue)).hasValue(3);
    assertThat(ofJob.stop().samples()).isNotEmpty();
    assertThat(ofBox.stop().result()).isEqualTo(Optional.empty());
    assertThatExceptionOfType(CgroupGoneException.class)
        .isThrownBy(() -> MemoryTimeline.record(goneBox(), EVERY));
  }

  private static Cgroup goneBox() throws InterruptedException {
    try (ScopedProcess job = start(64, "true")) {
      job.waitFor();
      return job.cgroup();
    }
  }

  private static void awaitThreads(long count) {
    assertThat(Await.until(() -> threads() == count)).isTrue();
  }

  @Test
  void anInterruptNeitherEndsNorSpoilsIt() throws Exception {
    try (ScopedProcess job = start(64, "exec sleep 300");
        TimelineRecorder recorder = MemoryTimeline.record(job, EVERY)) {
      Thread.currentThread().interrupt();
      MemoryTimeline timeline = recorder.stop();

      assertThat(Thread.interrupted()).isTrue();
      assertThat(timeline.samples()).isNotEmpty();
      assertThat(timeline.result()).isEmpty();
    }
  }
}
