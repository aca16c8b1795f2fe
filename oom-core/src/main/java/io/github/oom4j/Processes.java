package io.github.oom4j;

import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.internal.PageSize;
import io.github.oom4j.internal.ProcessReader;
import io.github.oom4j.internal.ProcessReader.ScannedProcess;
import io.github.oom4j.internal.ScoreFormula;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The processes of a /proc tree, for one look at them. */
final class Processes {

  private final Path root;
  private final ProcessReader reader;

  Processes(Path root, MemInfo memory) {
    this.root = root;
    long pages = OomDomain.machine(memory).totalpages(PageSize.read(root));
    this.reader = new ProcessReader(root, pages, pages, ScoreFormula.UNKNOWN);
  }

  OomScore score(long pid) {
    return find(pid).orElseThrow(() -> gone(pid));
  }

  Optional<OomScore> find(long pid) {
    return scan(pid).map(ScannedProcess::score);
  }

  private Optional<ScannedProcess> scan(long pid) {
    try {
      return Optional.of(reader.read(pid));
    } catch (IOException e) {
      if (isGone(pid)) {
        return Optional.empty();
      }
      String hidepid =
          "if /proc is mounted with hidepid, look as root or as a member of its gid= group";
      throw KernelFile.failure("read the OOM score of process " + pid, dir(pid), e, hidepid);
    }
  }

  ProcessGoneException gone(long pid) {
    return new ProcessGoneException("no process with PID " + pid + ": there is no " + dir(pid));
  }

  boolean isGone(long pid) {
    // A zombie, or a directory that may not be looked into, is still there.
    return pid <= 0 || Files.notExists(dir(pid));
  }

  Path dir(long pid) {
    return root.resolve(Long.toString(pid));
  }

  List<OomScore> named(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return pids().stream().flatMap(pid -> ifNamed(pid, compiled).stream()).toList();
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

  /** The processes whose parent is that one, as far as they may be read. */
  List<OomScore> children(long parent) {
    return pids().stream()
        .flatMap(
            pid -> {
              try {
                return Optional.of(reader.read(pid)).stream();
              } catch (IOException | KernelFormatException e) {
                return Optional.<ScannedProcess>empty().stream();
              }
            })
        .filter(process -> process.parent() == parent)
        .map(ScannedProcess::score)
        .toList();
  }

  /** PIDs in ascending order. */
  List<Long> pids() {
    String[] names = root.toFile().list((dir, name) -> isPid(name));
    if (names == null) {
      throw new UnsupportedKernelException(
          "could not list " + root + "; is this Linux, with /proc mounted?");
    }
    return Arrays.stream(names).map(Long::valueOf).sorted().toList();
  }

  private static boolean isPid(String name) {
    if (name.isEmpty() || name.length() > 10) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
