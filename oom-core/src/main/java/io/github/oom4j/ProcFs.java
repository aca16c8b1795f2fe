package io.github.oom4j;

import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.MemoryNodes;
import io.github.oom4j.internal.PageSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A mounted /proc, or a directory that looks like one. The static one-liners such as {@link
 * MemInfo#read()} delegate to {@link #system()}; services test against {@code ProcFs.at(captured)}.
 *
 * <p>Immutable and thread-safe; keeps nothing open.
 */
public final class ProcFs {

  private static final ProcFs SYSTEM = new ProcFs(Path.of("/proc"));

  private final Path root;

  private ProcFs(Path root) {
    this.root = root;
  }

  /**
   * The /proc of this machine.
   *
   * @return the one at {@code /proc}
   */
  public static ProcFs system() {
    return SYSTEM;
  }

  /**
   * A directory laid out as /proc is.
   *
   * @param root a directory of the default file system
   * @return that tree
   */
  public static ProcFs at(Path root) {
    return new ProcFs(root);
  }

  /**
   * Reads {@code meminfo}.
   *
   * @return the machine's memory
   * @throws OomException if it can't be read
   */
  public MemInfo memInfo() {
    Path file = root.resolve("meminfo");
    return MemInfo.parse(read(file), file.toString());
  }

  /**
   * Reads {@code vmstat}.
   *
   * @return the machine's counters
   * @throws OomException if it can't be read
   */
  public VmStat vmStat() {
    Path file = root.resolve("vmstat");
    return VmStat.parse(read(file), file.toString());
  }

  /**
   * Reads {@code sys/vm} and {@code meminfo}.
   *
   * @return the settings that decide about OOM kills
   * @throws OomException if they can't be read
   */
  public VmSettings vmSettings() {
    return new VmFiles(root.resolve("sys/vm")).read(memInfo());
  }

  private byte[] read(Path file) {
    try {
      return KernelFile.read(file);
    } catch (IOException e) {
      String remedy =
          Files.isDirectory(root) ? "" : "is this Linux, with /proc mounted? There is no " + root;
      throw KernelFile.failure("read " + file.getFileName(), file, e, remedy);
    }
  }

  /**
   * Reads the score of a process.
   *
   * @param pid the process
   * @return its score
   * @throws ProcessGoneException if there is no such process
   * @throws DeniedException if it may not be looked at
   * @throws OomException if the tree can't be read
   */
  public OomScore score(long pid) {
    return processes().score(pid);
  }

  /**
   * Reads the score of a process that may be gone.
   *
   * @param pid the process
   * @return its score, or empty if there is no such process
   * @throws DeniedException if it may not be looked at
   * @throws OomException if the tree can't be read
   */
  public Optional<OomScore> findScore(long pid) {
    return processes().find(pid);
  }

  /**
   * Writes {@code oom_score_adj} of a process; see {@link OomScore#adjust(long, int)}.
   *
   * @param pid the process
   * @param adj the value
   * @return the process as it is seen now
   * @throws ProcessGoneException if there is no such process
   * @throws DeniedException if the kernel refuses; the message tells what would be needed
   * @throws OomException if the tree can't be read
   */
  public OomScore adjust(long pid, OomScoreAdj adj) {
    return new Adjustment(processes()).adjust(pid, adj);
  }

  OomScore adjust(OomScore seen, OomScoreAdj adj) {
    return new Adjustment(processes()).adjust(seen, adj);
  }

  List<OomScore> adjustTree(long pid, OomScoreAdj adj) {
    return new Adjustment(processes()).adjustTree(pid, adj);
  }

  OomScoreHold hold(long pid, OomScoreAdj adj) {
    Processes now = processes();
    return OomScoreHold.of(new Adjustment(now), now.score(pid), adj);
  }

  /**
   * Ranks all processes of the tree; see {@link OomRanking#system()}.
   *
   * @return the ranking
   * @throws OomException if the tree can't be read
   */
  public OomRanking ranking() {
    MemInfo memory = memInfo();
    return ranking(memory, OomDomain.machine(memory));
  }

  /**
   * Ranks the processes of a competition for memory, such as those of a cgroup at its limit.
   *
   * @param domain who competes for what
   * @return the ranking
   * @throws OomException if the tree can't be read
   */
  public OomRanking ranking(OomDomain domain) {
    return ranking(memInfo(), domain);
  }

  /**
   * Ranks the processes that may use some memory nodes; see {@link OomRanking#ofNodes(String)}.
   *
   * @param nodes the nodes, as a list such as {@code 0} or {@code 0,2-3}
   * @return the ranking
   * @throws IllegalArgumentException if it is no such list, or names a node that is not there
   * @throws OomException if the tree can't be read
   */
  public OomRanking rankingOfNodes(String nodes) {
    MemInfo memory = memInfo();
    String zoneinfo = new String(read(root.resolve("zoneinfo")), StandardCharsets.ISO_8859_1);
    long pages = MemoryNodes.presentPages(zoneinfo, MemoryNodes.parse(nodes));
    ByteSize present = ByteSize.bytes(pages * PageSize.read(root));
    return ranking(
        memory,
        new OomDomain(
            Optional.empty(),
            Optional.of(nodes),
            present,
            memory.swapTotal(),
            Optional.empty(),
            true));
  }

  private OomRanking ranking(MemInfo memory, OomDomain domain) {
    return new RankingScan(root, memory, domain, new Processes(root, memory)).rank();
  }

  /**
   * The processes whose command name matches, as {@code pgrep} finds them: the pattern may match
   * anywhere in the name, which is cut at 15 bytes. Anchor it ({@code ^java$}) for whole names.
   *
   * @param pattern a regular expression, as {@link java.util.regex.Pattern} knows it
   * @return their scores, by ascending PID; those that ended meanwhile, or may not be read, are
   *     left out
   * @throws java.util.regex.PatternSyntaxException if the pattern is malformed
   * @throws OomException if the tree can't be read
   */
  public List<OomScore> processesNamed(String pattern) {
    return processes().named(pattern);
  }

  private Processes processes() {
    return new Processes(root, memInfo());
  }

  /** The path of the tree. */
  @Override
  public String toString() {
    return "ProcFs[" + root + "]";
  }
}
