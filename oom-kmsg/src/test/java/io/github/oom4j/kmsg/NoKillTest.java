package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomKillEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What speaks of kills, or is written by others than the kernel, tells none. */
class NoKillTest {

  private static final String NUMBERS = " total-vm:9kB, anon-rss:8kB, file-rss:7kB";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pr_err(\"%s: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB\\n\", message,",
        "pr_warn(\"%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d, oom_score_adj=%hd\\n\",",
        "var re = regexp.MustCompile(`Killed process ([0-9]+) \\((.+)\\)`)",
        "$ dmesg | grep -i 'killed process'",
        "$ dmesg -T | egrep -i \"out of memory: killed process 1234 (java)\"",
        "./run.sh: line 12:  4242 Killed                  java -Xmx8g -jar app.jar",
        "/bin/sh: 1: Killed",
        "Killed process",
        "[1]+  Killed                  ./hog",
        "g++: fatal error: Killed signal terminated program cc1plus",
        "I saw Out of memory: Killed process 1234 (java) in my log. What does it mean?",
        "Out of memory: Killed process 1234 (java) is what it said, but there is memory.",
        "The kernel wrote \"Out of memory: Killed process 4242 (java)\" and went on.",
        "(\"Kill process 1234 (java) score 900 or sacrifice child\") was the old wording.",
        "java.lang.OutOfMemoryError: Java heap space",
        "Terminating due to java.lang.OutOfMemoryError: Java heap space",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "MemoryError: Out of memory: Killed by us",
        "ERROR 5 (HY000): Out of memory (Needed 1048576 bytes)",
        "postgres: LOG:  server process (PID 4242) was terminated by signal 9: Killed",
        "[ 12.345678] java: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL)",
        "[ 12.345678] oom_reaper: reaped process 42 (java), now anon-rss:0kB, file-rss:0kB",
        "[ 12.345678] lowmemorykiller: Killing 'com.app' (4242), adj 906,",
        "06-02 03:04:05.123   512   512 I lmkd    : Kill 'com.app' (4242), uid 10123",
        "Jun  2 03:04:05 host systemd-oomd[512]: Killed /user.slice due to memory pressure",
        "Jun  2 03:04:05 host systemd[1]: app.service: Failed with result 'oom-kill'.",
        "Jun  2 03:04:05 host earlyoom[600]: sending SIGTERM to process 4242 \"java\": badness 812",
        "Jun  2 03:04:05 host nohang[600]: Out of memory: Killed process 4242 (java)",
        "      Reason:       OOMKilled",
      })
  void aLineThatIsNone(String line) {
    assertThat(kills(line + "\n" + line + "\n")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "const endLine = \"[12.345678] KILL\"",
        "\tcouldParse, err := parse(\"Jan 21 22:01:49 localhost kernel: [62.816267] KILL\", inst)",
        "\tt.Logf(\"got %v\", \"Memory cgroup out of memory: KILL\")",
        "\tendLine := `Memory cgroup out of memory: KILL`",
        "$ echo \"<3>[12.345678] Out of memory: KILL\" > /dev/kmsg",
        "$ logger -p kern.err 'Out of memory: KILL'",
        "I saw \"KILL\" in dmesg, where total-vm is virtual memory.",
        "Jun  2 03:04:05 host kubelet[77]: New status: Memory cgroup out of memory: KILL",
        "Jun  2 03:04:05 host node-problem-detector[77]: kernel: Out of memory: KILL",
        "I0602 03:04:05.123456    1234 oom_linux.go:66] attempting to read next message \"KILL\"",
      })
  void orAWholeOneThatSomebodyQuotes(String line) {
    String quoted = line.replace("KILL", "Killed process 4242 (java)" + NUMBERS);
    assertThat(kills(quoted + "\n")).isZero();
  }

  @Test
  void andTheSameLineByItselfIsOne() {
    assertThat(kills("Out of memory: Killed process 4242 (java)" + NUMBERS + "\n")).isOne();
  }

  private static long kills(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Stream<OomKillEvent> kills = KernelLog.parse(new ByteArrayInputStream(bytes))) {
      return kills.count();
    }
  }
}
