package io.github.oom4j.bench;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.kmsg.OomKillParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A live record, from its bytes to the decision. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KmsgBenchmark {

  private static final String TCP =
      "6,4711,98765432109,-;TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending"
          + " cookies.\n";
  private static final String KILL =
      "3,490,23215197,-;Memory cgroup out of memory: Killed process 198 (hog) total-vm:123876kB,"
          + " anon-rss:61068kB, file-rss:632kB, shmem-rss:0kB, UID:0 pgtables:156kB"
          + " oom_score_adj:0\n";

  private static final String SUMMARY =
      "6,489,23215100,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
          + "mems_allowed=0,oom_memcg=/system.slice/box.scope,"
          + "task_memcg=/system.slice/box.scope,task=hog,pid=198,uid=0\n";

  private final byte[] notAboutOom = TCP.getBytes(StandardCharsets.US_ASCII);
  private final byte[] kill = KILL.getBytes(StandardCharsets.US_ASCII);
  private final byte[] summary = SUMMARY.getBytes(StandardCharsets.US_ASCII);
  private final OomKillParser parser = new OomKillParser();

  @Benchmark
  public List<OomKillEvent> recordNotAboutOom() {
    return parser.accept(notAboutOom, 0, notAboutOom.length);
  }

  /** A kill line alone, made into an event. */
  @Benchmark
  public List<OomKillEvent> recordKill() {
    parser.accept(kill, 0, kill.length);
    return parser.flush();
  }

  /** A summary line and the kill line that it belongs to, made into an event. */
  @Benchmark
  public List<OomKillEvent> recordSummaryAndKill() {
    parser.accept(summary, 0, summary.length);
    parser.accept(kill, 0, kill.length);
    return parser.flush();
  }
}
