package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.ByteSize;
import io.github.oom4j.MemoryZone.FreeBlocks;
import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.CgroupCandidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hostile lines of FORMATS section 10, row by row, as records and as text. */
class AdversarialLinesTest {

  private static final String NUMBERS =
      " total-vm:900kB, anon-rss:8kB, file-rss:4kB, shmem-rss:0kB, UID:5 pgtables:24kB"
          + " oom_score_adj:0";
  private static final String SUMMARY = "6|oom-kill:constraint=CONSTRAINT_";

  enum Form {
    RECORD,
    TEXT;

    /** The kills in some records, written as {@code prio|text}. */
    List<OomKillEvent> kills(String... records) {
      OomKillParser parser = new OomKillParser();
      List<OomKillEvent> kills = new ArrayList<>();
      long sequence = 1;
      for (String record : records) {
        String prio = record.substring(0, record.indexOf('|'));
        String text = record.substring(record.indexOf('|') + 1);
        boolean fragment = prio.endsWith("c");
        String number = prio.replace("c", "");
        if (this == RECORD) {
          String raw = number + "," + sequence++ + ",1000," + (fragment ? "c" : "-") + ";" + text;
          kills.addAll(parser.accept(KmsgRecord.parse(raw + "\n").orElseThrow()));
        } else {
          String prefix = "<" + number + ">[    0.001000] ";
          String indented = text.replace("\\x0a", "\n" + " ".repeat(prefix.length()));
          for (String line : (prefix + indented).split("\n", -1)) {
            kills.addAll(parser.acceptLine(line));
          }
        }
      }
      kills.addAll(parser.flush());
      return kills;
    }

    OomKillEvent kill(String... records) {
      List<OomKillEvent> kills = kills(records);
      assertThat(kills).hasSize(1);
      assertThat(kills.get(0).trusted()).isEqualTo(this == RECORD);
      return kills.get(0);
    }
  }

  private static String memcgKill(int pid, String comm) {
    return "3|Memory cgroup out of memory: Killed process " + pid + " (" + comm + ")" + NUMBERS;
  }

  private static String globalKill(int pid, String comm) {
    return "3|Out of memory: Killed process " + pid + " (" + comm + ")" + NUMBERS;
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row1NameHoldsABracketAndASize(Form form) {
    OomKillEvent kill = form.kill(memcgKill(71, "a) total-vm:1kB"));
    assertThat(kill.victim().comm()).isEqualTo("a) total-vm:1kB");
    assertThat(kill.victim().totalVm().orElseThrow().toKibibytes()).isEqualTo(900);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row2NameIsEmpty(Form form) {
    OomKillEvent kill = form.kill(memcgKill(72, ""));
    assertThat(kill.victim().comm()).isEmpty();
    assertThat(kill.victim().pid()).isEqualTo(72);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row3NameHoldsPidAndUid(Form form) {
    OomKillEvent kill =
        form.kill(
            SUMMARY
                + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=/t,task_memcg=/t/w,"
                + "task=x,pid=1,uid=0,pid=73,uid=5",
            memcgKill(73, "x,pid=1,uid=0"));
    assertThat(kill.victimCgroup()).contains("/t/w");
    assertThat(kill.oomCgroup()).contains("/t");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row4NameHoldsATask(Form form) {
    OomKillEvent kill =
        form.kill(
            SUMMARY
                + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=/t,task_memcg=/t,"
                + "task=a,task=java,pid=74,uid=5",
            memcgKill(74, "a,task=java"));
    assertThat(kill.victimCgroup()).contains("/t");
    assertThat(kill.victim().comm()).isEqualTo("a,task=java");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row5CgroupIsNamedLikeAField(Form form) {
    String path = "/u/p,task_memcg=/pods/bank";
    OomKillEvent kill =
        form.kill(
            SUMMARY
                + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg="
                + path
                + ",task_memcg="
                + path
                + ",task=app,pid=75,uid=5",
            memcgKill(75, "app"));
    assertThat(kill.oomCgroup()).contains(path);
    assertThat(kill.victimCgroup()).contains(path);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row6CpusetIsNamedGlobalOom(Form form) {
    OomKillEvent kill =
        form.kill(
            SUMMARY
                + "MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,global_oom,mems_allowed=0,"
                + "oom_memcg=/r,task_memcg=/r,task=app,pid=76,uid=5",
            memcgKill(76, "app"));
    assertThat(kill.constraint()).contains(OomConstraint.MEMCG);
    assertThat(kill.oomCgroup()).contains("/r");
    assertThat(kill.report().globalOom()).isFalse();
    assertThat(kill.report().cpuset()).contains("x,mems_allowed=0,global_oom");
    assertThat(kill.report().memsAllowed()).contains("0");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row7SystemWideHasAVictimCgroup(Form form) {
    OomKillEvent kill =
        form.kill(
            SUMMARY
                + "NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/s,task=job,"
                + "pid=77,uid=5",
            globalKill(77, "job"));
    assertThat(kill.constraint()).contains(OomConstraint.NONE);
    assertThat(kill.oomCgroup()).isEmpty();
    assertThat(kill.victimCgroup()).contains("/s");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row8UserSpaceWroteIt(Form form) {
    assertThat(form.kills("11" + globalKill(1, "systemd").substring(1))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row9FirewallWroteIt(Form form) {
    assertThat(
            form.kills(
                "4|Out of memory: Killed process 1 (init) total-vm:9kB, anon-rss:9kB,"
                    + " file-rss:9kB, IN=eth0 OUT= LEN=40"))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row10CgroupIsNamedLikeAKill(Form form) {
    String path = "/u/Killed process 78 (java) total-vm:1kB";
    OomKillEvent kill =
        form.kill(
            "4|app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
            "6|Memory cgroup stats for " + path + ":",
            "6|anon 4096",
            SUMMARY
                + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg="
                + path
                + ",task_memcg="
                + path
                + ",task=app,pid=90,uid=5",
            memcgKill(90, "app"));
    assertThat(kill.victim().pid()).isEqualTo(90);
    assertThat(kill.oomCgroup()).contains(path);
    assertThat(kill.memory().cgroupStats()).containsEntry("anon", 4096L);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row11CgroupIsNamedLikeTheOwnerLine(Form form) {
    OomKillEvent kill =
        form.kill(
            "6|Task in /a/x killed as a result of limit of /b killed as a result of limit of /a",
            memcgKill(91, "app"));
    assertThat(kill.victimCgroup()).contains("/a/x killed as a result of limit of /b");
    assertThat(kill.oomCgroup()).contains("/a");
    assertThat(kill.ambiguous()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row12NameIsLikeTheHeader(Form form) {
    OomKillEvent kill =
        form.kill(
            "4|invoked oom-kil invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0,"
                + " oom_score_adj=0",
            memcgKill(92, "app"));
    assertThat(kill.trigger().orElseThrow().comm()).isEqualTo("invoked oom-kil");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row13CgroupIsNamedLikeTheGroupLine(Form form) {
    OomKillEvent kill =
        form.kill(
            memcgKill(93, "app"),
            "6|Tasks in /g are going to be killed due to memory.oom.group set are going to be"
                + " killed due to memory.oom.group set");
    assertThat(kill.groupKill()).isTrue();
    assertThat(kill.victimCgroup())
        .contains("/g are going to be killed due to memory.oom.group set");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row14NameHoldsANewline(Form form) {
    OomKillEvent kill = form.kill(memcgKill(79, "n\\x0aKilled proc"));
    assertThat(kill.victim().comm()).isEqualTo("n\nKilled proc");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row15SummaryIsSplit(Form form) {
    OomKillEvent kill =
        form.kill(
            SUMMARY + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=/l,task_memcg=/l/m",
            "6|something else in between",
            "4c|,task=deep,pid=80,uid=5",
            memcgKill(80, "deep"));
    assertThat(kill.victimCgroup()).contains("/l/m");
    assertThat(kill.truncated()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row15SummaryLosesItsEnd(Form form) {
    OomKillEvent kill =
        form.kill(
            SUMMARY + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=/l,task_memcg=/l/m",
            memcgKill(80, "deep"));
    assertThat(kill.oomCgroup()).contains("/l");
    assertThat(kill.victimCgroup()).isEmpty();
    assertThat(kill.truncated()).isTrue();
  }

  @Test
  void zoneLinesAreSplitByAnotherCpu() {
    OomKillEvent kill =
        Form.RECORD.kill(
            "4|app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
            "4|Node 0 ",
            "6|something else in between",
            "4c|Normal free:4672kB min:9024kB low:9716kB high:10408kB",
            "4|lowmem_reserve[]: 0 0",
            "4|Node 0 Normal: 90*4kB (UM) ",
            "6|something else in between",
            "4c|67*8kB (UME) ",
            "4c|= 896kB",
            globalKill(95, "app"));
    assertThat(kill.memory().machine().orElseThrow().zones())
        .singleElement()
        .satisfies(
            zone -> {
              assertThat(zone.node()).hasValue(0);
              assertThat(zone.min()).contains(ByteSize.kibibytes(9024));
              assertThat(zone.lowmemReserve()).containsExactly(0L, 0L);
              assertThat(zone.freeBlocks())
                  .containsExactly(
                      new FreeBlocks(ByteSize.kibibytes(4), 90, "UM"),
                      new FreeBlocks(ByteSize.kibibytes(8), 67, "UME"));
            });
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row16TheReaperSpeaks(Form form) {
    assertThat(
            form.kills(
                "6|oom_reaper: reaped process 81 (Killed process ), now anon-rss:0kB,"
                    + " file-rss:0kB, shmem-rss:0kB"))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void whatNothingTellsApartIsToldAsSuch(Form form) {
    String twice = "/t,task_memcg=/t/x";
    String summary =
        SUMMARY
            + "MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg="
            + twice
            + ",task_memcg="
            + twice
            + ",task=b,pid=95,uid=5";
    OomKillEvent kill = form.kill(summary, memcgKill(95, "b"));
    assertThat(kill.ambiguous()).isTrue();
    assertThat(kill.candidates())
        .containsExactlyInAnyOrder(
            new CgroupCandidate(Optional.of(twice), Optional.of(twice)),
            new CgroupCandidate(
                Optional.of("/t"), Optional.of("/t/x,task_memcg=/t,task_memcg=/t/x")));
    assertThat(kill.oomCgroup()).isEmpty();
    assertThat(kill.victimCgroup()).isEmpty();
    assertThat(kill.explain()).contains("One of several cgroups").contains(twice);

    OomKillEvent told = form.kill("6|Memory cgroup stats for /t:", summary, memcgKill(95, "b"));
    assertThat(told.ambiguous()).isFalse();
    assertThat(told.oomCgroup()).contains("/t");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row17NameHasBlanksAround(Form form) {
    OomKillEvent kill =
        form.kill(
            "6|[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
            "6|[     82]     5    82      100       10    40960        0             0   pad  ",
            memcgKill(82, "  pad  "));
    assertThat(kill.tasks()).extracting(OomKillEvent.Task::comm).containsExactly("  pad  ");
    assertThat(kill.victim().comm()).isEqualTo("  pad  ");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void row18AVendorPutsTheUidFirst(Form form) {
    OomKillEvent rhel7 =
        form.kill(
            "3|Killed process 83 (x), UID 1000, total-vm:44kB, anon-rss:40kB, file-rss:4kB,"
                + " shmem-rss:0kB");
    assertThat(rhel7.victim().uid()).hasValue(1000);
    assertThat(rhel7.victim().totalVm().orElseThrow().toKibibytes()).isEqualTo(44);
    OomKillEvent rhel6 =
        form.kill(
            "3|Killed process 84, UID 27, (mysqld) total-vm:47kB, anon-rss:3kB, file-rss:1kB");
    assertThat(rhel6.victim().comm()).isEqualTo("mysqld");
    assertThat(rhel6.victim().uid()).hasValue(27);
  }
}
