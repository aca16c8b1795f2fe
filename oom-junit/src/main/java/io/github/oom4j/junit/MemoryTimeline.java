package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.Cgroup;
import io.github.oom4j.cgroup.ScopeResult;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of the memory of a box while a command ran in it: a curve to look at when a number
 * does not explain it. Immutable.
 *
 * <pre>{@code
 * try (ScopedProcess job = MemoryScope.builder().memoryMax(mebibytes(200)).start("importer");
 *     TimelineRecorder recorder = MemoryTimeline.record(job)) {
 *   job.waitFor();
 *   recorder.stop().titled("importer in 200M").writeHtml(Path.of("target/importer.html"));
 * }
 * }</pre>
 *
 * @param title what it is of; at first the cgroup's name
 * @param start when the recording began
 * @param length from then to the last sample
 * @param samples what was seen, in order
 * @param kills when an OOM kill in the cgroup was seen, from the start, to the interval of the
 *     samples; each kill once, up to a thousand
 * @param peak the most it used, as the kernel kept it also between samples: {@code memory.peak},
 *     since 5.19; on cgroup v1 {@code memory.max_usage_in_bytes}
 * @param result how the command ended; empty if it had not when the recording was stopped, or the
 *     recording was of a cgroup
 */
public record MemoryTimeline(
    String title,
    Instant start,
    Duration length,
    List<TimelineSample> samples,
    List<Duration> kills,
    Optional<ByteSize> peak,
    Optional<ScopeResult> result) {

  private static final Duration EVERY = Duration.ofMillis(10);

  /**
   * Copies what is mutable.
   *
   * @param title the component of that name
   * @param start the component of that name
   * @param length the component of that name
   * @param samples the component of that name
   * @param kills the component of that name
   * @param peak the component of that name
   * @param result the component of that name
   */
  public MemoryTimeline {
    samples = List.copyOf(samples);
    kills = List.copyOf(kills);
  }

  /**
   * Starts to record the box of a command, a sample every 10 ms.
   *
   * @param job the command
   * @return the recorder, to be stopped before the box is closed
   * @throws OomException if the box is gone
   */
  public static TimelineRecorder record(ScopedProcess job) {
    return record(job, EVERY);
  }

  /**
   * Starts to record the box of a command.
   *
   * @param job the command
   * @param every from one sample to the next; more than zero
   * @return the recorder, to be stopped before the box is closed
   * @throws IllegalArgumentException if {@code every} is not more than zero
   * @throws OomException if the box is gone
   */
  public static TimelineRecorder record(ScopedProcess job, Duration every) {
    return TimelineRecorder.start(job.cgroup(), Optional.of(job), every);
  }

  /**
   * Starts to record a cgroup.
   *
   * @param cgroup the cgroup
   * @param every from one sample to the next; more than zero
   * @return the recorder, to be stopped
   * @throws IllegalArgumentException if {@code every} is not more than zero
   * @throws OomException if the cgroup is gone, or can't be read
   */
  public static TimelineRecorder record(Cgroup cgroup, Duration every) {
    return TimelineRecorder.start(cgroup, Optional.empty(), every);
  }

  /**
   * The same with another title.
   *
   * @param newTitle what it is of, such as the name of a test
   * @return a copy
   */
  public MemoryTimeline titled(String newTitle) {
    return new MemoryTimeline(newTitle, start, length, samples, kills, peak, result);
  }

  /**
   * Draws it: the memory and what it is made of, the limit, the kills with their victims, and,
   * where the kernel tells, swap and the time lost for want of memory.
   *
   * @return a page of HTML that needs nothing else: no script, no other file
   */
  public String toHtml() {
    return TimelinePage.of(this);
  }

  /**
   * Writes {@link #toHtml()} to a file, in UTF-8. Folders that are missing are made.
   *
   * @param file where to; overwritten if it is there
   * @return the file
   * @throws IOException if it can't be written
   */
  public Path writeHtml(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return Files.writeString(file, toHtml());
  }
}
