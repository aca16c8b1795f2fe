package io.github.oom4j;

import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.ProcessReader;
import io.github.oom4j.internal.ProcessReader.ScannedProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The processes of a /proc tree, for one look at them. */
final class Processes {

  /** The order of dying: most points first; of equals the one that the kernel scans last. */
  private static final Comparator<ScannedProcess> FIRST_TO_DIE =
      Comparator.comparingLong((ScannedProcess p) -> p.score().badness().orElseThrow().points())
          .thenComparingLong(ScannedProcess::startTime)
          .thenComparingLong(p -> p.score().pid())
          .reversed();

  private final Path root;
  private final ProcessReader reader;

  Processes(Path root, MemInfo memory) {
    this.root = root;
    this.reader = new ProcessReader(root, memory);
  }

  OomScore score(long pid) {
    return find(pid).orElseThrow(() -> gone(pid));
  }

  Optional<OomScore> find(long pid) {
    try {
      return Optional.of(reader.read(pid).score());
    } catch (IOException e) {
      if (isGone(pid)) {
        return Optional.empty();
      }
      String hidepid =
          "if /proc is mounted with hidepid, look as root or as a member of its gid= group";
      throw KernelFile.failure("read the OOM score of process " + pid, dir(pid), e, hidepid);
    }
  }

  private ProcessGoneException gone(long pid) {
    return new ProcessGoneException("no process with PID " + pid + ": there is no " + dir(pid));
  }

  private boolean isGone(long pid) {
    // A zombie, or a directory that may not be looked into, is still there.
    return pid <= 0 || Files.notExists(dir(pid));
  }

  private Path dir(long pid) {
    return root.resolve(Long.toString(pid));
  }

  OomScore adjust(long pid, OomScoreAdj adj) {
    OomScore before = score(pid);
    Path file = dir(pid).resolve("oom_score_adj");
    try {
      KernelFile.write(file, adj.toString());
    } catch (IOException e) {
      throw refused(before, adj, file, e);
    }
    OomScore after = score(pid);
    if (!after.adj().equals(adj)) {
      throw new KernelIoException(
          "wrote " + adj + " to " + file + ", but it reads " + after.adj() + ": who else writes?");
    }
    return after;
  }

  private OomException refused(OomScore before, OomScoreAdj adj, Path file, IOException e) {
    long pid = before.pid();
    if (isGone(pid)) {
      return gone(pid);
    }
    String tried =
        "could not set oom_score_adj of " + before.comm() + " (pid " + pid + ") to " + adj;
    String choom = "sudo choom -p " + pid + " -n " + adj;
    if (e instanceof AccessDeniedException) {
      String why = ": not the owner; do it as the owner of the process or as root, such as: ";
      return new DeniedException(tried + ": " + file + why + choom, e);
    }
    // The range was checked, so what is left is EACCES, for which write(2) has no type in Java.
    if (adj.value() < before.adj().value()) {
      String why =
          " from "
              + before.adj()
              + ": "
              + file
              + ": lowering it needs CAP_SYS_RESOURCE, which this process lacks; grant it with"
              + " 'AmbientCapabilities=CAP_SYS_RESOURCE' in a systemd unit or 'docker run --cap-add"
              + " SYS_RESOURCE', or do it from outside: ";
      return new DeniedException(tried + why + choom, e);
    }
    return KernelFile.failure(tried.substring("could not ".length()), file, e, "");
  }

  OomRanking ranking() {
    List<ScannedProcess> killable = new ArrayList<>();
    List<OomScore> spared = new ArrayList<>();
    List<Long> unreadable = new ArrayList<>();
    for (long pid : pids()) {
      try {
        ScannedProcess process = reader.read(pid);
        if (process.score().killability() == Killability.KILLABLE) {
          killable.add(process);
        } else {
          spared.add(process.score());
        }
      } catch (IOException | KernelFormatException e) {
        if (!isGone(pid)) {
          unreadable.add(pid);
        }
      }
    }
    killable.sort(FIRST_TO_DIE);
    List<OomScore> victims = killable.stream().map(ScannedProcess::score).toList();
    return new OomRanking(victims, spared, unreadable);
  }

  List<OomScore> named(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return Arrays.stream(pids())
        .mapToObj(pid -> ifNamed(pid, compiled))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<OomScore> ifNamed(long pid, Pattern pattern) {
    try {
      byte[] comm = KernelFile.read(dir(pid).resolve("comm"));
      String name = new String(comm, 0, Math.max(0, comm.length - 1), StandardCharsets.UTF_8);
      return pattern.matcher(name).find()
          ? Optional.of(reader.read(pid).score())
          : Optional.empty();
    } catch (IOException | KernelFormatException e) {
      return Optional.empty(); // ended meanwhile, or hidden from this user
    }
  }

  /** PIDs in ascending order. */
  private long[] pids() {
    String[] names = root.toFile().list((dir, name) -> isPid(name));
    if (names == null) {
      throw new UnsupportedKernelException(
          "could not list " + root + "; is this Linux, with /proc mounted?");
    }
    long[] pids = Arrays.stream(names).mapToLong(Long::parseLong).toArray();
    Arrays.sort(pids);
    return pids;
  }

  private static boolean isPid(String name) {
    return !name.isEmpty()
        && name.length() <= 10
        && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
