package io.github.oom4j.junit;

import static io.github.oom4j.junit.OpenKernelFile.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of one cgroup that a timeline is made of, kept open. Not thread-safe. */
final class MemoryGauges implements AutoCloseable {

  private static final byte[] ANON = key("anon ");
  private static final byte[] FILE = key("file ");
  private static final byte[] RSS_V1 = key("total_rss ");
  private static final byte[] CACHE_V1 = key("total_cache ");
  private static final byte[] SWAP_V1 = key("total_swap ");
  private static final byte[] OOM_KILL = key("oom_kill ");
  private static final byte[] SOME = key("some ");
  private static final byte[] FULL = key("full ");
  private static final byte[] TOTAL = key("total=");

  private final boolean v1;
  private final List<OpenKernelFile> open = new ArrayList<>();
  private final OpenKernelFile current;
  private final Optional<OpenKernelFile> max;
  private final Optional<OpenKernelFile> stat;
  private final Optional<OpenKernelFile> events;
  private final Optional<OpenKernelFile> swap;
  private final Optional<OpenKernelFile> pressure;
  private final Optional<OpenKernelFile> peak;

  MemoryGauges(Path cgroup) throws IOException {
    v1 = Files.exists(cgroup.resolve("memory.usage_in_bytes"));
    current = new OpenKernelFile(cgroup.resolve(v1 ? "memory.usage_in_bytes" : "memory.current"));
    open.add(current);
    max = open(cgroup, v1 ? "memory.limit_in_bytes" : "memory.max");
    stat = open(cgroup, "memory.stat");
    events = open(cgroup, v1 ? "memory.oom_control" : "memory.events");
    swap = v1 ? Optional.empty() : open(cgroup, "memory.swap.current");
    // Where PSI is built in but off, the file is there and a read fails.
    pressure = open(cgroup, "memory.pressure");
    peak = open(cgroup, v1 ? "memory.max_usage_in_bytes" : "memory.peak");
  }

  private Optional<OpenKernelFile> open(Path cgroup, String name) {
    try {
      OpenKernelFile file = new OpenKernelFile(cgroup.resolve(name));
      open.add(file);
      file.read();
      return Optional.of(file);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads all into a row of a {@link SampleBuffer}.
   *
   * @return how many processes were OOM-killed in it until now; 0 if that is not told
   * @throws IOException if the cgroup is gone
   */
  long read(long[] row) throws IOException {
    current.read();
    row[SampleBuffer.CURRENT] = current.number();
    row[SampleBuffer.MAX] = limit(number(max));
    if (stat.isPresent()) {
      OpenKernelFile lines = stat.get();
      lines.read();
      row[SampleBuffer.ANON] = lines.numberAfter(v1 ? RSS_V1 : ANON);
      row[SampleBuffer.FILE] = lines.numberAfter(v1 ? CACHE_V1 : FILE);
      row[SampleBuffer.SWAP] = v1 ? lines.numberAfter(SWAP_V1) : number(swap);
    }
    if (pressure.isPresent()) {
      OpenKernelFile stall = pressure.get();
      stall.read();
      row[SampleBuffer.SOME] = stall.numberAfter(SOME, TOTAL);
      row[SampleBuffer.FULL] = stall.numberAfter(FULL, TOTAL);
    }
    if (events.isEmpty()) {
      return 0;
    }
    events.get().read();
    return Math.max(0, events.get().numberAfter(OOM_KILL));
  }

  /** The most it ever used; -1 if this kernel does not tell, or the cgroup is gone. */
  long peak() {
    try {
      return number(peak);
    } catch (IOException e) {
      return -1;
    }
  }

  private static long number(Optional<OpenKernelFile> file) throws IOException {
    if (file.isEmpty()) {
      return -1;
    }
    file.get().read();
    return file.get().number();
  }

  /** v1 prints a number near 2^63 for "none". */
  private static long limit(long bytes) {
    return bytes >= 1L << 62 ? -1 : bytes;
  }

  @Override
  public void close() {
    for (OpenKernelFile file : open) {
      try {
        file.close();
      } catch (IOException e) {
        // It was only read, and the descriptor is gone all the same.
      }
    }
  }
}
