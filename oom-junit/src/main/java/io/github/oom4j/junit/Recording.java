package io.github.oom4j.junit;

import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The recording of a test's box. That there can be none is no reason for the test to fail. */
final class Recording implements AutoCloseable {

  private final @Nullable TimelineRecorder recorder;
  private final String refusal;

  private Recording(@Nullable TimelineRecorder recorder, String refusal) {
    this.recorder = recorder;
    this.refusal = refusal;
  }

  static Recording of(ScopedProcess job) {
    try {
      return new Recording(MemoryTimeline.record(job), "");
    } catch (OomException e) {
      return new Recording(null, "could not be recorded: " + e.getMessage());
    }
  }

  /**
   * Ends it and draws it.
   *
   * @return the file, or why there is none
   */
  String write(TestTimeline timeline) {
    if (recorder == null) {
      return refusal;
    }
    try {
      MemoryTimeline recorded = recorder.stop().titled(timeline.title());
      return recorded.writeHtml(timeline.file().toAbsolutePath()).toString();
    } catch (IOException e) {
      return "could not be written: " + e;
    }
  }

  @Override
  public void close() {
    if (recorder != null) {
      recorder.close();
    }
  }
}
