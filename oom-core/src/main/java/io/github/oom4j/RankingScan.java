package io.github.oom4j;

import io.github.oom4j.internal.CgroupGroups;
import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.MemoryNodes;
import io.github.oom4j.internal.Mount;
import io.github.oom4j.internal.PageSize;
import io.github.oom4j.internal.PidNamespaces;
import io.github.oom4j.internal.ProcessReader;
import io.github.oom4j.internal.ProcessReader.ScannedProcess;
import io.github.oom4j.internal.ScoreFormula;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** One pass over the processes of a /proc tree, for one competition for memory. */
final class RankingScan {

  /** for_each_process goes by this; a tick of the clock is long enough for many processes. */
  private static final Comparator<ScannedProcess> BY_START =
      Comparator.comparing((ScannedProcess p) -> p.score().startTime())
          .thenComparingLong(p -> p.score().pid());

  private final Path root;
  private final OomDomain domain;
  private final Processes processes;
  private final List<Mount> mounts;
  private final long pageBytes;
  private final long machinePages;
  private final ScoreFormula formula;

  private final List<ScannedProcess> seen = new ArrayList<>();
  private final List<Long> unreadable = new ArrayList<>();
  private int vanished;

  RankingScan(Path root, MemInfo memory, OomDomain domain, Processes processes) {
    this.root = root;
    this.domain = domain;
    this.processes = processes;
    this.mounts = Mount.parse(text("self/mountinfo").orElse(""));
    this.pageBytes = PageSize.read(root);
    this.machinePages = OomDomain.machine(memory).totalpages(pageBytes);
    this.formula = ProcessReader.formula(root, machinePages);
  }

  OomRanking rank() {
    Optional<String> lastPid = lastPid();
    ProcessReader reader =
        new ProcessReader(root, machinePages, domain.totalpages(pageBytes), formula);
    boolean hidden = hidesProcesses();
    Optional<Set<Integer>> nodes = domain.nodes().map(MemoryNodes::parse);
    List<Long> pids = domain.pids().orElseGet(processes::pids);
    for (long pid : pids) {
      read(reader, pid, hidden && domain.pids().isPresent(), nodes);
    }
    if (domain.pids().isEmpty()) {
      seen.sort(BY_START);
    }
    List<Candidate> candidates = new ArrayList<>(seen.size());
    for (ScannedProcess process : seen) {
      candidates.add(new Candidate(process.score(), process.weight(), candidates.size()));
    }
    boolean appeared = !lastPid.equals(lastPid());
    return new OomRanking(
        domain,
        rules(candidates, hidden),
        candidates,
        unreadable,
        new OomRanking.Churn(vanished, appeared));
  }

  private void read(
      ProcessReader reader, long pid, boolean mayBeHidden, Optional<Set<Integer>> nodes) {
    try {
      ScannedProcess process = reader.read(pid);
      if (nodes.map(allowed -> mayUse(process, allowed)).orElse(true)) {
        seen.add(process);
      }
    } catch (IOException | KernelFormatException e) {
      // A cgroup of ours lists processes that hidepid keeps from us; 0 is one of another namespace.
      if (pid <= 0 || mayBeHidden || !processes.isGone(pid)) {
        unreadable.add(pid);
      } else {
        vanished++;
      }
    }
  }

  /** cpuset_mems_allowed_intersects(). */
  private static boolean mayUse(ScannedProcess process, Set<Integer> nodes) {
    return process.memsAllowed().isEmpty()
        || MemoryNodes.parse(process.memsAllowed()).stream().anyMatch(nodes::contains);
  }

  private OomRules rules(List<Candidate> candidates, boolean hidden) {
    VmFiles settings = new VmFiles(root.resolve("sys/vm"));
    return new OomRules(
        pageBytes,
        machinePages,
        formula,
        lagPages(),
        settings.setting("panic_on_oom").orElse(0),
        settings.flag("oom_kill_allocating_task").orElse(false),
        groups(candidates),
        blindSpots(hidden));
  }

  private Map<String, String> groups(List<Candidate> candidates) {
    CgroupGroups groups = new CgroupGroups(mounts, domain.cgroup(), root);
    candidates.stream()
        .filter(Candidate::isKillable)
        .flatMap(candidate -> candidate.cgroup().stream())
        .forEach(groups::look);
    return groups.found();
  }

  private Set<BlindSpot> blindSpots(boolean hidden) {
    Set<BlindSpot> blindSpots = EnumSet.noneOf(BlindSpot.class);
    if (!unreadable.isEmpty()) {
      blindSpots.add(BlindSpot.UNREADABLE);
    }
    if (domain.pids().isEmpty()) {
      if (hidden) {
        blindSpots.add(BlindSpot.HIDEPID);
      }
      if (!PidNamespaces.isInitial(root).orElse(true)) {
        blindSpots.add(BlindSpot.PID_NAMESPACE);
      }
    }
    return blindSpots;
  }

  /** Whether /proc keeps processes from this user (proc(5), hidepid). Root sees all. */
  private boolean hidesProcesses() {
    Predicate<String> hides =
        option ->
            option.startsWith("hidepid=")
                && !option.equals("hidepid=0")
                && !option.equals("hidepid=off");
    return mounts.stream()
            .filter(mount -> mount.type().equals("proc") && mount.point().equals(root))
            .reduce((below, above) -> above)
            .map(mount -> mount.options().stream().anyMatch(hides))
            .orElse(false)
        && !isRoot();
  }

  private boolean isRoot() {
    return text("self/status").map(status -> status.contains("\nUid:\t0\t0\t")).orElse(false);
  }

  /**
   * By how much the OOM killer's view of one process may be off. Since 6.2 the counters of
   * anonymous, file and shared memory and of swap are each kept per CPU (percpu_counter), in
   * batches of 32 or twice the CPUs; oom_badness() reads only the sum of the full batches.
   */
  private long lagPages() {
    if (!countsPerCpu(text("sys/kernel/osrelease").orElse(""))) {
      return 0;
    }
    long cpus =
        Math.max(1, MemoryNodes.parse(sibling("sys/devices/system/cpu/online").orElse("0")).size());
    return 4 * Math.max(32, 2 * cpus) * cpus;
  }

  // A version tells nothing of backports, but nothing else tells of these counters either.
  static boolean countsPerCpu(String release) {
    String[] parts = release.split("[^0-9]", 3);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      return major > 6 || (major == 6 && minor >= 2);
    } catch (NumberFormatException e) {
      return true;
    }
  }

  /** The fifth field of loadavg (proc_loadavg(5)): the PID given last. */
  private Optional<String> lastPid() {
    return text("loadavg").map(text -> text.substring(text.lastIndexOf(' ') + 1));
  }

  private Optional<String> text(String name) {
    return text(root.resolve(name));
  }

  private Optional<String> sibling(String name) {
    return text(root.resolveSibling(name)).map(String::strip);
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(new String(KernelFile.read(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
