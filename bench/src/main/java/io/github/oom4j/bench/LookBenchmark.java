package io.github.oom4j.bench;

import io.github.oom4j.MemInfo;
import io.github.oom4j.OomRanking;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/** Reading memory and ranking the machine's processes, beside oshi. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookBenchmark {

  private final OperatingSystem oshi = new SystemInfo().getOperatingSystem();

  @Benchmark
  public MemInfo memInfo() {
    return MemInfo.read();
  }

  /** Two fields; a new object each time, because oshi remembers what it read for 300 ms. */
  @Benchmark
  public long memInfoOshi() {
    GlobalMemory memory = new SystemInfo().getHardware().getMemory();
    return memory.getTotal() + memory.getAvailable();
  }

  @Benchmark
  public OomRanking ranking() {
    return OomRanking.system();
  }

  @Benchmark
  public List<OSProcess> rankingOshi() {
    return oshi.getProcesses();
  }
}
