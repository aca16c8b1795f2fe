package io.github.oom4j.internal;

import io.github.oom4j.Badness;
import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.Killability;
import io.github.oom4j.OomScore;
import io.github.oom4j.OomScoreAdj;
import io.github.oom4j.ProcessMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads what the OOM killer would see of a process. Made for one look at the machine: the memory
 * that processes compete for is asked once. Not thread-safe.
 */
public final class ProcessReader {

  /** USER_HZ, the unit of start times in /proc: 100 on every architecture but alpha and ia64. */
  private static final long MILLIS_PER_TICK = 10;

  // Most processes have neither swap nor shared memory: five thousand of them share these.
  private static final Optional<ByteSize> NOTHING = Optional.of(ByteSize.ZERO);

  private final String proc;
  private final long pageKibibytes;
  private final long machine;
  private final long totalpages;
  private final ScoreFormula formula;
  private final boolean pidOneIsInit;
  private final ScanBuffer buffer = new ScanBuffer();
  private final ProcStatus.Parser status = new ProcStatus.Parser();
  private final ProcCgroup cgroups = new ProcCgroup();

  /**
   * Prepares to read.
   *
   * @param proc where proc is mounted
   * @param machine pages of RAM and swap, by which the kernel computes {@code oom_score}
   * @param totalpages what the processes compete for
   * @param formula where to get {@code oom_score} from
   */
  public ProcessReader(Path proc, long machine, long totalpages, ScoreFormula formula) {
    this.proc = proc.toString();
    this.pageKibibytes = PageSize.read(proc) / 1024;
    this.totalpages = totalpages;
    this.machine = machine;
    this.formula = formula;
    this.pidOneIsInit = PidNamespaces.isInitial(proc).orElse(true);
  }

  /**
   * Finds out how the kernel computes scores, by this process's own: a version number tells nothing
   * of backports.
   *
   * @param proc where proc is mounted
   * @param machine pages of RAM and swap
   * @return the formula; unknown where this process does not see itself, or tells too little
   */
  public static ScoreFormula formula(Path proc, long machine) {
    try {
      long self = Long.parseLong(proc.resolve("self").toRealPath().getFileName().toString());
      ScannedProcess seen =
          new ProcessReader(proc, machine, machine, ScoreFormula.UNKNOWN).read(self);
      return seen.weight()
          .map(weight -> formula(seen.score().score(), weight))
          .orElse(ScoreFormula.UNKNOWN);
    } catch (IOException | KernelFormatException | NumberFormatException e) {
      return ScoreFormula.UNKNOWN;
    }
  }

  private static ScoreFormula formula(int score, Badness weight) {
    // This process may have grown by a step or two between the files.
    boolean fitsNew = Math.abs(score - weight.oomScore()) <= 2;
    boolean fitsOld = Math.abs(score - weight.oomScoreBefore59()) <= 2;
    if (fitsNew == fitsOld) {
      return ScoreFormula.UNKNOWN;
    }
    return fitsNew ? ScoreFormula.SINCE_5_9 : ScoreFormula.BEFORE_5_9;
  }

  /**
   * Reads one process. All that is returned belongs to the same process, even if it ends meanwhile
   * and its PID is given to another.
   *
   * @param pid the process
   * @return what the OOM killer would see
   * @throws IOException if it is not there, ended meanwhile, or may not be read
   * @throws KernelFormatException if a file is not what it should be
   */
  public ScannedProcess read(long pid) throws IOException {
    String dir = proc + "/" + pid + "/";
    String anchorName = dir + "oom_score_adj";
    // The open file keeps standing for this process: once it is reaped, reading answers ESRCH. So
    // if it can still be read at the end, nobody else has had the PID in between.
    try (RandomAccessFile anchor = open(anchorName)) {
      OomScoreAdj adj = adjOf(readInt(anchor, anchorName), anchorName);
      String statName = dir + "stat";
      buffer.read(statName);
      ProcStat stat = ProcStat.parse(buffer.bytes(), buffer.length(), statName);
      // A kernel thread has no memory to lose, and its score is 0: nothing more to ask.
      if (stat.isKernelThread()) {
        readInt(anchor, anchorName);
        return spared(stat, pid, adj, Killability.KERNEL_THREAD);
      }
      Optional<ProcStatus> memory = readMemory(dir, stat);
      if (memory.isEmpty()) {
        readInt(anchor, anchorName);
        Killability why = isInit(pid) ? Killability.INIT : Killability.NO_MEMORY;
        return spared(stat, pid, adj, why);
      }
      ProcStatus known = memory.get();
      Badness weight = badness(known, adj);
      Killability killability = killability(pid, adj);
      boolean killable = killability == Killability.KILLABLE;
      Optional<Badness> shown = Optional.of(weight);
      buffer.read(dir + "cgroup");
      Optional<String> cgroup = cgroups.parse(buffer.bytes(), buffer.length());
      int score = killable ? score(dir, weight) : 0;
      readInt(anchor, anchorName);
      OomScore seen =
          new OomScore(
              pid,
              stat.comm(),
              score,
              adj,
              killable ? shown : Optional.empty(),
              killability,
              Optional.of(sizes(known)),
              cgroup,
              startTime(stat),
              known.killPending() || stat.isExiting());
      return new ScannedProcess(seen, shown, stat.parent(), known.memsAllowed());
    }
  }

  private static RandomAccessFile open(String file) throws IOException {
    try {
      return new RandomAccessFile(file, "r");
    } catch (IOException e) {
      KernelFile.read(Path.of(file)); // tells a missing file from one that may not be read
      throw e;
    }
  }

  private ScannedProcess spared(ProcStat stat, long pid, OomScoreAdj adj, Killability why) {
    OomScore seen =
        new OomScore(
            pid,
            stat.comm(),
            0,
            adj,
            Optional.empty(),
            why,
            Optional.empty(),
            Optional.empty(),
            startTime(stat),
            false);
    return new ScannedProcess(seen, Optional.empty(), stat.parent(), "");
  }

  private static Duration startTime(ProcStat stat) {
    return Duration.ofMillis(stat.startTime() * MILLIS_PER_TICK);
  }

  private boolean isInit(long pid) {
    return pid == 1 && pidOneIsInit;
  }

  private Killability killability(long pid, OomScoreAdj adj) {
    if (isInit(pid)) {
      return Killability.INIT;
    }
    return adj.equals(OomScoreAdj.PROTECTED) ? Killability.PROTECTED : Killability.KILLABLE;
  }

  private Badness badness(ProcStatus memory, OomScoreAdj adj) {
    return new Badness(
        memory.rss() / pageKibibytes,
        memory.swap() / pageKibibytes,
        memory.pgtables() / pageKibibytes,
        adj,
        totalpages);
  }

  private int score(String dir, Badness weight) throws IOException {
    if (formula == ScoreFormula.UNKNOWN) {
      String name = dir + "oom_score";
      buffer.read(name);
      return parseInt(name);
    }
    Badness machines = totalpages == machine ? weight : weight.withTotalpages(machine);
    return formula == ScoreFormula.SINCE_5_9 ? machines.oomScore() : machines.oomScoreBefore59();
  }

  private static ProcessMemory sizes(ProcStatus memory) {
    return new ProcessMemory(
        known(memory.rss()),
        size(memory.anon()),
        size(memory.file()),
        size(memory.shmem()),
        known(memory.swap()),
        known(memory.pgtables()));
  }

  private static ByteSize known(long kibibytes) {
    return kibibytes == 0 ? ByteSize.ZERO : ByteSize.kibibytes(kibibytes);
  }

  private static Optional<ByteSize> size(long kibibytes) {
    if (kibibytes == 0) {
      return NOTHING;
    }
    return kibibytes == ProcStatus.UNKNOWN
        ? Optional.empty()
        : Optional.of(ByteSize.kibibytes(kibibytes));
  }

  private Optional<ProcStatus> readMemory(String dir, ProcStat stat) throws IOException {
    buffer.read(dir + "status");
    Optional<ProcStatus> memory = status.parse(buffer.bytes(), buffer.length());
    // A first thread that has exited shows no memory, but its other threads still hold it.
    return memory.isPresent() || stat.threads() < 2 ? memory : readMemoryOfThreads(dir);
  }

  private Optional<ProcStatus> readMemoryOfThreads(String dir) throws IOException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of(dir, "task"))) {
      for (Path thread : threads) {
        buffer.read(thread + "/status");
        Optional<ProcStatus> memory = status.parse(buffer.bytes(), buffer.length());
        if (memory.isPresent()) {
          return memory;
        }
      }
    }
    return Optional.empty();
  }

  private static OomScoreAdj adjOf(int value, String source) {
    try {
      return OomScoreAdj.of(value);
    } catch (IllegalArgumentException e) {
      throw new KernelFormatException(source + ", line 1: " + e.getMessage(), e);
    }
  }

  private int readInt(RandomAccessFile file, String source) throws IOException {
    buffer.readAgain(file);
    return parseInt(source);
  }

  /** The buffer as one decimal number. */
  private int parseInt(String source) {
    byte[] text = buffer.bytes();
    int at = 0;
    boolean negative = buffer.length() > 0 && text[0] == '-';
    at += negative ? 1 : 0;
    int digits = at;
    int value = 0;
    while (at < buffer.length() && text[at] >= '0' && text[at] <= '9' && at - digits < 9) {
      value = 10 * value + (text[at++] - '0');
    }
    boolean ended = at == buffer.length() || text[at] == '\n';
    if (at == digits || !ended) {
      throw new KernelFormatException(source + ", line 1: expected a number");
    }
    return negative ? -value : value;
  }

  /**
   * A process as it was read.
   *
   * @param score what the OOM killer thinks of it
   * @param weight what it would weigh if it might be killed; empty if it has no memory
   * @param parent its parent's PID
   * @param memsAllowed the memory nodes of its cpuset as a list such as {@code 0-1}; may be empty
   */
  public record ScannedProcess(
      OomScore score, Optional<Badness> weight, long parent, String memsAllowed) {}
}
