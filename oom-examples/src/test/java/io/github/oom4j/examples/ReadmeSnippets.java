package io.github.oom4j.examples;

import static io.github.oom4j.ByteSize.mebibytes;

import io.github.oom4j.MemInfo;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomRanking;
import io.github.oom4j.OomScore;
import io.github.oom4j.VmSettings;
import io.github.oom4j.cgroup.Cgroup;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.kmsg.KernelLog;
import java.nio.file.Path;

/** The code of README, word for word; {@link ReadmeIT} compares and runs it. */
final class ReadmeSnippets {

  private ReadmeSnippets() {}

  static void look() {
    System.out.print(MemInfo.read().toFreeTable());
  }

  static void overcommit() {
    VmSettings.read().overcommitMode().ifPresent(System.out::println);
  }

  static void score() {
    System.out.println(OomScore.adjust(ProcessHandle.current().pid(), 500).score());
  }

  static void ranking() {
    System.out.println(OomRanking.system().next().map(OomScore::comm).orElse("nobody"));
  }

  static void predict() {
    OomRanking ranking = OomRanking.system();
    System.out.println(ranking.prediction().explain());
    OomScore next = ranking.next().orElseThrow();
    System.out.println(ranking.protect(next.pid()).adj() + " would save it");
  }

  static void limit() {
    System.out.println(Cgroup.self().effectiveMax().explain());
  }

  static void contain() throws InterruptedException {
    try (ScopedProcess job =
        MemoryScope.builder().memoryMax(mebibytes(64)).start("tail", "/dev/zero")) {
      System.out.println(job.waitFor().verdict().explain());
    }
  }

  static void ring() {
    try (var kills = KernelLog.system().kills()) {
      System.out.println(
          kills.reduce((older, newer) -> newer).map(OomKillEvent::explain).orElse("none"));
    }
  }

  static void saved() {
    Path file = Path.of("oom-kmsg/src/test/resources/golden/6.1/s01b-memcg-scope-hog.dmesg");
    KernelLog.parse(file).map(OomKillEvent::explain).forEach(System.out::println);
  }
}
