package io.github.oom4j.junit;

import static io.github.oom4j.junit.KernelText.key;

import java.io.IOException;
import java.nio.channels.FileChannel;
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
  private final KernelText text = new KernelText();
  private final List<FileChannel> open = new ArrayList<>();
  private final FileChannel current;
  private final Optional<FileChannel> max;
  private final Optional<FileChannel> stat;
  private final Optional<FileChannel> events;
  private final Optional<FileChannel> swap;
  private final Optional<FileChannel> pressure;
  private final Optional<FileChannel> peak;

  MemoryGauges(Path cgroup) throws IOException {
    v1 = Files.exists(cgroup.resolve("memory.usage_in_bytes"));
    current = FileChannel.open(cgroup.resolve(v1 ? "memory.usage_in_bytes" : "memory.current"));
    open.add(current);
    max = open(cgroup, v1 ? "memory.limit_in_bytes" : "memory.max");
    stat = open(cgroup, "memory.stat");
    events = open(cgroup, v1 ? "memory.oom_control" : "memory.events");
    swap = v1 ? Optional.empty() : open(cgroup, "memory.swap.current");
    // Where PSI is built in but off, the file is there and a read fails.
    pressure = open(cgroup, "memory.pressure");
    peak = open(cgroup, v1 ? "memory.max_usage_in_bytes" : "memory.peak");
  }

  private Optional<FileChannel> open(Path cgroup, String name) {
    try {
      FileChannel file = FileChannel.open(cgroup.resolve(name));
      open.add(file);
      text.read(file);
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
    row[SampleBuffer.CURRENT] = text.read(current).number();
    row[SampleBuffer.MAX] = limit(number(max));
    if (stat.isPresent()) {
      text.read(stat.get());
      row[SampleBuffer.ANON] = text.numberAfter(v1 ? RSS_V1 : ANON);
      row[SampleBuffer.FILE] = text.numberAfter(v1 ? CACHE_V1 : FILE);
      row[SampleBuffer.SWAP] = v1 ? text.numberAfter(SWAP_V1) : number(swap);
    }
    if (pressure.isPresent()) {
      text.read(pressure.get());
      row[SampleBuffer.SOME] = text.numberAfter(SOME, TOTAL);
      row[SampleBuffer.FULL] = text.numberAfter(FULL, TOTAL);
    }
    return events.isEmpty() ? 0 : Math.max(0, text.read(events.get()).numberAfter(OOM_KILL));
  }

  /** The most it ever used; -1 if this kernel does not tell, or the cgroup is gone. */
  long peak() {
    try {
      return number(peak);
    } catch (IOException e) {
      return -1;
    }
  }

  private long number(Optional<FileChannel> file) throws IOException {
    return file.isEmpty() ? -1 : text.read(file.get()).number();
  }

  /** v1 prints a number near 2^63 for "none". */
  private static long limit(long bytes) {
    return bytes >= 1L << 62 ? -1 : bytes;
  }

  @Override
  public void close() {
    for (FileChannel file : open) {
      try {
        file.close();
      } catch (IOException e) {
        // It was only read, and the descriptor is gone all the same.
      }
    }
  }
}
