package io.github.oom4j;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** OOM kills to test with: the numbers are those of golden log 6.1/s01b-memcg-scope-hog. */
final class Kills {

  static final String BOX = "/system.slice/hogscope.scope";

  private Kills() {}

  static OomKillEvent atLimitOf(String oomCgroup, String victimCgroup, long pid) {
    return event(
        OomConstraint.MEMCG, Optional.of(oomCgroup), Optional.of(victimCgroup), pid, "hog");
  }

  static OomKillEvent systemWide(long pid) {
    return event(OomConstraint.NONE, Optional.empty(), Optional.of(BOX), pid, "hog");
  }

  static OomKillEvent bare(long pid) {
    return event(OomConstraint.MEMCG, Optional.empty(), Optional.empty(), pid, "hog");
  }

  /** At the limit of the box, with a task dump of these processes, in its order. */
  static OomKillEvent dumped(long pid, long... tasks) {
    return event(
        OomConstraint.MEMCG,
        Optional.of(BOX),
        Optional.of(BOX),
        pid,
        "hog",
        LongStream.of(tasks).mapToObj(Kills::task).toList());
  }

  private static OomKillEvent.Task task(long pid) {
    return new OomKillEvent.Task(
        pid,
        pid,
        0,
        ByteSize.kibibytes(4 * 30969),
        ByteSize.kibibytes(4 * 15425),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(ByteSize.kibibytes(156)),
        Optional.of(ByteSize.ZERO),
        OptionalInt.of(0),
        "hog");
  }

  static OomKillEvent event(
      OomConstraint constraint,
      Optional<String> oomCgroup,
      Optional<String> victimCgroup,
      long pid,
      String comm) {
    return event(constraint, oomCgroup, victimCgroup, pid, comm, List.of());
  }

  private static OomKillEvent event(
      OomConstraint constraint,
      Optional<String> oomCgroup,
      Optional<String> victimCgroup,
      long pid,
      String comm,
      List<OomKillEvent.Task> tasks) {
    return new OomKillEvent(
        OptionalLong.of(490),
        Optional.of(Duration.ofNanos(23_215_197_000L)),
        Optional.empty(),
        Optional.of(constraint),
        new OomKillEvent.Victim(
            pid,
            comm,
            Optional.of(ByteSize.kibibytes(123876)),
            Optional.of(ByteSize.kibibytes(61068)),
            Optional.of(ByteSize.kibibytes(632)),
            Optional.of(ByteSize.ZERO),
            OptionalLong.of(0),
            Optional.of(ByteSize.kibibytes(156)),
            OptionalInt.of(0),
            OptionalLong.empty()),
        oomCgroup,
        victimCgroup,
        List.of(),
        Optional.empty(),
        report(comm, pid, tasks),
        "Memory cgroup out of memory: Killed process "
            + pid
            + " ("
            + comm
            + ") total-vm:123876kB, "
            + "anon-rss:61068kB, file-rss:632kB, shmem-rss:0kB, UID:0 pgtables:156kB oom_score_adj:0",
        false,
        true);
  }

  private static OomReport report(String comm, long pid, List<OomKillEvent.Task> tasks) {
    return new OomReport(
        Optional.of(
            new OomKillEvent.Trigger(
                comm,
                OptionalLong.of(pid),
                OptionalLong.empty(),
                "0xcc0",
                List.of("GFP_KERNEL"),
                0,
                OptionalInt.of(0),
                OptionalInt.of(1),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.of(new OomReport.Choice(pid, Optional.of(comm), false)),
        new MemoryReport(
            Optional.of(
                new MemoryReport.Usage(
                    ByteSize.kibibytes(61440), Limit.of(ByteSize.kibibytes(61440)), 35)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty()),
        tasks,
        ByteSize.kibibytes(4),
        false);
  }
}
