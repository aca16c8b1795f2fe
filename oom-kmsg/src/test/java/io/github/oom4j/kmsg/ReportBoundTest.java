package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** One report, however long and hostile, is at most what {@link OomKillParser} promises. */
class ReportBoundTest {

  private static final long PROMISED = 32L << 20;

  private final OomKillParser parser = new OomKillParser();

  private void feed(int times, IntFunction<String> line) {
    for (int i = 0; i < times; i++) {
      parser.acceptLine("[    1.000000] " + line.apply(i));
    }
  }

  /** Many values with names as long as they may be. */
  private static String keys(String before, String after, int count) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < count; i++) {
      keys.append(before).append("k".repeat(50)).append(i).append(":1").append(after);
    }
    return keys.toString();
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void aHostileReportStaysWithinIt() {
    long before = used();
    String name = "n".repeat(100);
    // Each kind of line often enough to pass its own bound, all within one report.
    parser.acceptLine("a invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0");
    parser.acceptLine("Call Trace:");
    feed(500, i -> " f" + i + name + "+0x1/0x2");
    parser.acceptLine("Memory cgroup stats for /a:");
    feed(1000, i -> "k" + i + "_" + "n".repeat(50) + " 1");
    feed(200, i -> "Memory cgroup stats for /" + i + ":" + keys(" ", "KB", 200));
    feed(1500, i -> "Node " + i + " active_anon:1kB " + keys("", "kB ", 200));
    feed(1500, i -> "Node " + i + " Normal free:1kB min:1kB low:1kB " + keys("", "kB ", 200));
    feed(1500, i -> "Node " + i + " Normal: " + "1*4kB (UME) ".repeat(200) + "= 8kB");
    parser.acceptLine("Unreclaimable slab info:");
    feed(1500, i -> name + i + " 1KB 1KB");
    parser.acceptLine("Memory allocations:");
    feed(1500, i -> "1 1 " + name + i + " func:" + name);
    parser.acceptLine("[  pid  ]   uid  tgid total_vm      rss oom_score_adj name");
    feed(5000, i -> "[ " + (i + 1) + "] 0 " + i + " 10 10 0 abcdefghijklmno");
    assertThat(parser.isIdle()).isFalse();
    long kept = used() - before;
    assertThat(kept).isLessThan(PROMISED);
    // The report was one to the end.
    parser.acceptLine(
        "Out of memory: Killed process 5 (x) total-vm:1kB, anon-rss:1kB, file-rss:1kB");
    assertThat(parser.flush())
        .singleElement()
        .satisfies(
            kill -> {
              assertThat(kill.trigger()).isPresent();
              assertThat(kill.report().callTrace()).hasSize(CallTrace.MOST_FRAMES);
              assertThat(kill.tasks()).hasSize(5000);
            });
  }

  @Test
  void aReportThatNeverEndsIsGivenUp() {
    parser.acceptLine("a invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0");
    feed(16_400, i -> "lowmem_reserve[]: 0 0");
    assertThat(parser.isIdle()).isTrue();
  }
}
