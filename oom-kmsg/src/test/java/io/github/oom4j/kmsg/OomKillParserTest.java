package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How lines become events: pairing, groups, holding back, gaps. */
class OomKillParserTest {

  private static final String SIZES = " total-vm:9kB, anon-rss:8kB, file-rss:7kB, shmem-rss:6kB";
  private static final String HEADER =
      "asker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0";

  private final OomKillParser parser = new OomKillParser();
  private final List<OomKillEvent> kills = new ArrayList<>();
  private long sequence = 100;

  private void record(String text) {
    record(0, "-", text);
  }

  private void record(long seconds, String flagAndKeys, String text) {
    recordAt(seconds * 1000, flagAndKeys, text);
  }

  private void recordAt(long millis, String flagAndKeys, String text) {
    String raw = "4," + sequence++ + "," + millis * 1000 + "," + flagAndKeys + ";" + text;
    kills.addAll(parser.accept(KmsgRecord.parse(raw).orElseThrow()));
  }

  private void line(String text) {
    kills.addAll(parser.acceptLine(text));
  }

  private List<OomKillEvent> flushed() {
    kills.addAll(parser.flush());
    return kills;
  }

  private static String memcgKill(int pid) {
    return "Memory cgroup out of memory: Killed process " + pid + " (c" + pid + ")" + SIZES;
  }

  private static String globalKill(int pid) {
    return "Out of memory: Killed process " + pid + " (c" + pid + ")" + SIZES;
  }

  private static String summary(int pid) {
    return "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
        + "oom_memcg=/top,task_memcg=/top/leaf,task=c"
        + pid
        + ",pid="
        + pid
        + ",uid=0";
  }

  private static String group(String path) {
    return "Tasks in " + path + " are going to be killed due to memory.oom.group set";
  }

  @Test
  void aKillIsHeldBackUntilTheNextReport() {
    record(memcgKill(1));
    assertThat(kills).isEmpty();
    record(HEADER);
    assertThat(kills).hasSize(1);
  }

  @Test
  void aKillIsHeldBackForSixteenRecordsAtMost() {
    record(memcgKill(1));
    for (int i = 0; i < 16; i++) {
      record("something else");
      assertThat(kills).isEmpty();
    }
    record("something else");
    assertThat(kills).hasSize(1);
  }

  @Test
  void flushLetsGoAndKeepsAnOpenReport() {
    record(HEADER);
    assertThat(flushed()).isEmpty();
    record(memcgKill(1));
    assertThat(flushed()).hasSize(1);
    assertThat(kills.get(0).trigger()).isPresent();
    assertThat(parser.flush()).isEmpty();
  }

  @Test
  void aGroupIsToldOnceEach() {
    record(summary(1));
    record(memcgKill(1));
    record("oom_reaper: reaped process 1 (c1), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
    record(group("/top"));
    record(memcgKill(1));
    record(memcgKill(2));
    record("another CPU's line");
    record(memcgKill(3));
    assertThat(flushed()).extracting(kill -> kill.victim().pid()).containsExactly(1L, 2L, 3L);
    assertThat(kills).allMatch(OomKillEvent::groupKill);
    assertThat(kills).allMatch(kill -> kill.oomCgroup().orElseThrow().equals("/top"));
    assertThat(kills.get(0).victimCgroup()).contains("/top/leaf");
    // The group is above the first victim's cgroup: where the others were is not said.
    assertThat(kills.get(1).victimCgroup()).isEmpty();
  }

  @Test
  void theFirstOfAGroupIsToldOnceThoughTheGroupLineComesLate() {
    record(summary(1));
    record(memcgKill(1));
    assertThat(flushed()).hasSize(1);
    record(group("/top/leaf"));
    record(memcgKill(1));
    record(memcgKill(2));
    assertThat(flushed()).extracting(kill -> kill.victim().pid()).containsExactly(1L, 2L);
    assertThat(kills.get(1).groupKill()).isTrue();
    assertThat(kills.get(1).victimCgroup()).contains("/top/leaf");
  }

  @Test
  void aGroupEndsWithTheNextReportAndAfterAPause() {
    record(10, "-", memcgKill(1));
    record(10, "-", group("/g"));
    record(10, "-", HEADER);
    record(10, "-", memcgKill(2));
    record(10, "-", group("/h"));
    record(20, "-", memcgKill(3));
    assertThat(flushed()).extracting(OomKillEvent::groupKill).containsExactly(true, true, false);
  }

  @Test
  void aGroupIsToldByItsPaceNotByItsLength() {
    recordAt(1000, "-", memcgKill(1));
    recordAt(1000, "-", group("/g"));
    for (int i = 1; i <= 20; i++) { // a slow console
      recordAt(1000 + 160L * i, "-", memcgKill(i));
    }
    recordAt(5000, "-", memcgKill(21)); // the next OOM, its report suppressed

    assertThat(flushed()).hasSize(21);
    assertThat(kills.subList(0, 20)).allMatch(OomKillEvent::groupKill);
    assertThat(kills.get(20).groupKill()).isFalse();
  }

  @Test
  void aSystemWideGroupKillSaysOutOfMemoryForEachMember() {
    record(
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
            + "task_memcg=/g,task=c1,pid=1,uid=0");
    record(globalKill(1));
    record(group("/g"));
    record(globalKill(2));
    assertThat(flushed()).hasSize(2);
    assertThat(kills).allMatch(kill -> kill.constraint().orElseThrow() == OomConstraint.NONE);
    assertThat(kills).allMatch(kill -> kill.victimCgroup().orElseThrow().equals("/g"));
  }

  @Test
  void aBareKillLineTellsWhatItsMessageTells() {
    record(memcgKill(1));
    record(globalKill(2));
    assertThat(flushed().get(0).constraint()).contains(OomConstraint.MEMCG);
    // A cpuset's or NUMA policy's OOM has the same words.
    assertThat(kills.get(1).constraint()).isEmpty();
    assertThat(kills).allMatch(kill -> kill.oomCgroup().isEmpty() && kill.trigger().isEmpty());
  }

  @Test
  void aReportGoesToTheKillThatItsSummaryNames() {
    record(HEADER);
    record(summary(1));
    record(memcgKill(2));
    assertThat(flushed().get(0).oomCgroup()).isEmpty();
  }

  @Test
  void anotherThreadsPidIsAcceptedWithTheSameName() {
    record(HEADER);
    record(summary(1));
    record("Memory cgroup out of memory: Killed process 7 (c1)" + SIZES);
    assertThat(flushed().get(0).oomCgroup()).contains("/top");
  }

  @Test
  void uidComesFromTheSummaryWhereTheKillLineHasNone() {
    record(summary(1).replace("uid=0", "uid=33"));
    record(memcgKill(1));
    assertThat(flushed().get(0).victim().uid()).hasValue(33);
  }

  @Test
  void theTwoLineEraHasAScoreAndMayKillAChild() {
    line("[  1.0] Memory cgroup out of memory: Kill process 1 (a) score 77 or sacrifice child");
    line("[  1.0] Killed process 2 (b) total-vm:9kB, anon-rss:8kB, file-rss:7kB");
    line("[  1.1] Out of memory: kill process 3 (c) score 88 or a child");
    line("[  1.1] Killed process 3 (c)");
    assertThat(flushed()).extracting(kill -> kill.victim().pid()).containsExactly(2L, 3L);
    assertThat(kills.get(0).victim().score()).hasValue(77);
    assertThat(kills.get(0).constraint()).contains(OomConstraint.MEMCG);
    assertThat(kills.get(1).victim().score()).hasValue(88);
    assertThat(kills.get(1).victim().totalVm()).isEmpty();
  }

  @Test
  void reportsThatEndWithoutAKillAreForgotten() {
    record(HEADER);
    record("Out of memory and no killable processes...");
    record(memcgKill(1));
    record(HEADER);
    record(
        "Memory cgroup out of memory: OOM victim 5 (x) is already exiting. Skip killing the task");
    record(memcgKill(2));
    assertThat(flushed()).hasSize(2).allMatch(kill -> kill.trigger().isEmpty());
  }

  @Test
  void aReportThatFellSilentIsForgotten() {
    record(100, "-", HEADER);
    record(111, "-", memcgKill(1));
    assertThat(flushed().get(0).trigger()).isEmpty();
  }

  @Test
  void linesOfOtherCallersAreNotTakenIn() {
    record(1, "-,caller=T5", HEADER);
    record(1, "-,caller=T6", "CPU: 9 PID: 66 Comm: asker Not tainted 6.6.6 #1");
    record(1, "-,caller=T5", "CPU: 1 PID: 55 Comm: asker Not tainted 6.6.0 #1");
    record(1, "-,caller=T5", memcgKill(1));
    assertThat(flushed().get(0).trigger().orElseThrow().pid()).hasValue(55);
  }

  @Test
  void oneLostRecordMarksTheReportAndMoreEndIt() {
    record(HEADER);
    sequence++;
    record(summary(1));
    record(memcgKill(1));
    record(HEADER);
    sequence += 300;
    record(summary(2));
    record(memcgKill(2));
    assertThat(flushed()).allMatch(OomKillEvent::truncated);
    assertThat(kills.get(0).trigger()).isPresent();
    // The header may be that of another kill, which was lost.
    assertThat(kills.get(1).trigger()).isEmpty();
    assertThat(kills.get(1).oomCgroup()).contains("/top");
  }

  @Test
  void userSpaceRecordsInBetweenAreNoGap() {
    record(HEADER);
    kills.addAll(
        parser.accept(KmsgRecord.parse("30," + sequence++ + ",0,-;systemd: hello").orElseThrow()));
    record(memcgKill(1));
    assertThat(flushed().get(0).truncated()).isFalse();
  }

  @Test
  void statisticsAreReadInAllThreeShapes() {
    record(HEADER);
    record("Memory cgroup stats for /a b: cache:4KB rss:8KB mapped_file:0KB");
    record("Memory cgroup stats for /a b/c: cache:1KB rss:1KB mapped_file:0KB");
    record(memcgKill(1));
    record(HEADER);
    record("Memory cgroup stats for /a b:");
    record("anon 4096\\x0afile 8192");
    record(memcgKill(2));
    record(HEADER);
    record("Memory cgroup stats for /a b:");
    record("anon 4096");
    record("file 8192");
    record("Tasks state (memory values in pages):");
    record("swap 1");
    record(memcgKill(3));
    flushed();
    assertThat(kills.get(0).memory().cgroupStats().toString())
        .isEqualTo("{cache=4096, rss=8192, mapped_file=0}");
    assertThat(kills.get(1).memory().cgroupStats().toString())
        .isEqualTo("{anon=4096, file=8192}")
        .isEqualTo(kills.get(2).memory().cgroupStats().toString());
  }

  @Test
  void aCutRecordLosesItsLastNumber() {
    record(HEADER);
    record("Memory cgroup stats for /a:");
    record("anon 4096\\x0a" + "x".repeat(979) + " 1");
    record(memcgKill(1));
    assertThat(flushed().get(0).memory().cgroupStats()).containsOnlyKeys("anon");
    assertThat(kills.get(0).truncated()).isTrue();
  }

  @Test
  void theTaskTableIsReadByItsHeader() {
    record(HEADER);
    record("[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name");
    record("[16360]     3 16361     1073      178       8       3        5          -998 sh");
    record(memcgKill(1));
    OomKillEvent.Task task = flushed().get(0).tasks().get(0);
    assertThat(task.pid()).isEqualTo(16360);
    assertThat(task.tgid()).isEqualTo(16361);
    assertThat(task.uid()).isEqualTo(3);
    assertThat(task.rss()).isEqualTo(ByteSize.kibibytes(4 * 178));
    assertThat(task.pgtables()).contains(ByteSize.kibibytes(4 * 11));
    assertThat(task.swapents()).contains(ByteSize.kibibytes(20));
    assertThat(task.oomScoreAdj()).hasValue(-998);
  }

  @Test
  void aHeaderMayNameNodes() {
    record(
        "x y invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=0-1,3,"
            + " order=2, oom_score_adj=-5");
    record(memcgKill(1));
    OomKillEvent.Trigger trigger = flushed().get(0).trigger().orElseThrow();
    assertThat(trigger.comm()).isEqualTo("x y");
    assertThat(trigger.order()).isEqualTo(2);
    assertThat(trigger.oomScoreAdj()).hasValue(-5);
    assertThat(trigger.gfpFlags()).contains("GFP_HIGHUSER_MOVABLE");
  }

  @Test
  void otherRecordsAreReadWithoutAllocation() throws ReflectiveOperationException {
    byte[] other =
        "6,4711,123456789,-;usb 1-1: new high-speed USB device number 5 using xhci_hcd\n"
            .getBytes(StandardCharsets.UTF_8);
    byte[] user = "30,4712,123456790,-;systemd[1]: Started.\n".getBytes(StandardCharsets.UTF_8);
    assertThat(allocatedBy(200_000, other, user)).isLessThan(50_000);
  }

  private long allocatedBy(int rounds, byte[] one, byte[] other)
      throws ReflectiveOperationException {
    AllocatedBytes allocated = new AllocatedBytes();
    long before = 0;
    for (int i = 0; i < 2 * rounds; i++) {
      if (i == rounds) {
        before = allocated.now();
      }
      if (!parser.accept(one, 0, one.length).isEmpty()
          || !parser.accept(other, 0, other.length).isEmpty()) {
        throw new AssertionError("not about an OOM");
      }
    }
    return allocated.now() - before;
  }
}
