package io.github.oom4j.internal;

import io.github.oom4j.Badness;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.Killability;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomScore;
import io.github.oom4j.OomScoreAdj;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads what the OOM killer would see of a process. Made for one look at the machine: the memory
 * that processes compete for is asked once.
 */
public final class ProcessReader {

  /** include/linux/proc_ns.h: PROC_PID_INIT_INO, the same on every kernel. */
  private static final String INITIAL_PID_NAMESPACE = "pid:[4026531836]";

  private final Path proc;
  private final long pageKibibytes;
  private final long totalpages;
  private final boolean pidOneIsInit;

  /**
   * Prepares to read.
   *
   * @param proc where proc is mounted
   * @param memory the machine's memory
   */
  public ProcessReader(Path proc, MemInfo memory) {
    this.proc = proc;
    this.pageKibibytes = PageSize.read(proc) / 1024;
    this.totalpages =
        Math.max(
            1, (memory.total().toKibibytes() + memory.swapTotal().toKibibytes()) / pageKibibytes);
    this.pidOneIsInit = !inChildPidNamespace(proc);
  }

  /** PID 1 of a container is an ordinary process to the kernel. */
  private static boolean inChildPidNamespace(Path proc) {
    try {
      String namespace = Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString();
      return !namespace.equals(INITIAL_PID_NAMESPACE);
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return false;
    }
  }

  /**
   * Reads one process. All that is returned belongs to the same process, even if it ends meanwhile
   * and its PID is given to another.
   *
   * @param pid the process
   * @return its score
   * @throws IOException if it is not there, ended meanwhile, or may not be read
   */
  public ScannedProcess read(long pid) throws IOException {
    Path dir = proc.resolve(Long.toString(pid));
    // The open file keeps standing for this process: once it is reaped, reading answers ESRCH. So
    // if it can still be read at the end, nobody else has had the PID in between.
    try (RandomAccessFile anchor = open(dir.resolve("oom_score_adj"))) {
      int adj = readInt(anchor, dir);
      ProcStat stat = ProcStat.parse(KernelFile.read(dir.resolve("stat")), dir + "/stat");
      // A kernel thread has no memory to lose: its score is 0 without asking.
      int score =
          stat.isKernelThread()
              ? 0
              : parseInt(KernelFile.read(dir.resolve("oom_score")), dir + "/oom_score");
      Optional<ProcStatus> memory =
          stat.isKernelThread() ? Optional.empty() : readMemory(dir, stat);
      anchor.seek(0);
      readInt(anchor, dir);
      return scanned(stat, pid, score, adjOf(adj, dir), memory);
    }
  }

  private static RandomAccessFile open(Path file) throws IOException {
    try {
      return new RandomAccessFile(file.toFile(), "r");
    } catch (IOException e) {
      KernelFile.read(file); // tells a missing file from one that may not be read
      throw e;
    }
  }

  private ScannedProcess scanned(
      ProcStat stat, long pid, int score, OomScoreAdj adj, Optional<ProcStatus> memory) {
    Killability killability;
    if (pid == 1 && pidOneIsInit) {
      killability = Killability.INIT;
    } else if (stat.isKernelThread()) {
      killability = Killability.KERNEL_THREAD;
    } else if (memory.isEmpty()) {
      killability = Killability.NO_MEMORY;
    } else if (adj.equals(OomScoreAdj.PROTECTED)) {
      killability = Killability.PROTECTED;
    } else {
      killability = Killability.KILLABLE;
    }
    Optional<Badness> badness =
        killability == Killability.KILLABLE ? memory.map(m -> badness(m, adj)) : Optional.empty();
    return new ScannedProcess(
        new OomScore(pid, stat.comm(), score, adj, badness, killability), stat.startTime());
  }

  private Badness badness(ProcStatus memory, OomScoreAdj adj) {
    return new Badness(
        memory.rss() / pageKibibytes,
        memory.swap() / pageKibibytes,
        memory.pgtables() / pageKibibytes,
        adj,
        totalpages);
  }

  private static Optional<ProcStatus> readMemory(Path dir, ProcStat stat) throws IOException {
    Optional<ProcStatus> memory = ProcStatus.parse(KernelFile.read(dir.resolve("status")));
    // A first thread that has exited shows no memory, but its other threads still hold it.
    return memory.isPresent() || stat.threads() < 2 ? memory : readMemoryOfThreads(dir);
  }

  private static Optional<ProcStatus> readMemoryOfThreads(Path dir) throws IOException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(dir.resolve("task"))) {
      for (Path thread : threads) {
        Optional<ProcStatus> memory = ProcStatus.parse(KernelFile.read(thread.resolve("status")));
        if (memory.isPresent()) {
          return memory;
        }
      }
    }
    return Optional.empty();
  }

  private static OomScoreAdj adjOf(int value, Path dir) {
    try {
      return new OomScoreAdj(value);
    } catch (IllegalArgumentException e) {
      throw new KernelFormatException(dir + "/oom_score_adj, line 1: " + e.getMessage(), e);
    }
  }

  private static int readInt(RandomAccessFile file, Path dir) throws IOException {
    byte[] buffer = new byte[16];
    int length = file.read(buffer);
    return parseInt(Arrays.copyOf(buffer, Math.max(0, length)), dir + "/oom_score_adj");
  }

  private static int parseInt(byte[] text, String source) {
    try {
      return Integer.parseInt(new String(text, StandardCharsets.US_ASCII).strip());
    } catch (NumberFormatException e) {
      throw new KernelFormatException(source + ", line 1: expected a number", e);
    }
  }

  /**
   * A process as it was read.
   *
   * @param score what the OOM killer thinks of it
   * @param startTime clock ticks after boot; the kernel scans processes in this order
   */
  public record ScannedProcess(OomScore score, long startTime) {}
}
