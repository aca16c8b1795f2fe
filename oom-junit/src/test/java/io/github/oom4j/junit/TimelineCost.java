package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What recording costs: {@code TimelineCost SECONDS [MILLISECONDS_BETWEEN_SAMPLES]}. */
final class TimelineCost {

  private TimelineCost() {}

  /**
   * Records a process that idles, and prints the CPU time of the recorder's thread.
   *
   * @param args how long, and how often
   */
  public static void main(String... args) throws Exception {
    Duration length = Duration.ofSeconds(Long.parseLong(args[0]));
    Duration every = Duration.ofMillis(args.length > 1 ? Long.parseLong(args[1]) : 10);
    MemoryScope scope = MemoryScope.builder().memoryMax(ByteSize.mebibytes(200)).build();
    try (ScopedProcess job = scope.start("sleep", "1000");
        TimelineRecorder recorder = MemoryTimeline.record(job, every)) {
      Thread thread = recorderThread();
      job.waitFor(Duration.ofSeconds(1));
      long cpu = cpuNanos(thread);
      long start = System.nanoTime();
      job.waitFor(length);
      double share = (cpuNanos(thread) - cpu) / (double) (System.nanoTime() - start);
      System.out.printf(
          "%s, a sample every %d ms for %d s: %.2f %% of a core, %d samples kept%n",
          job.backend(),
          every.toMillis(),
          length.toSeconds(),
          100 * share,
          recorder.stop().samples().size());
    }
  }

  static Thread recorderThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("oom4j-timeline"))
        .findFirst()
        .orElseThrow();
  }

  static long cpuNanos(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
  }
}
