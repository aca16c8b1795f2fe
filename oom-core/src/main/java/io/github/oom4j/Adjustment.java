package io.github.oom4j;

import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes of {@code oom_score_adj}, each to the process that was meant. */
final class Adjustment {

  /** A tree that grows faster than it can be walked is left after so many walks. */
  private static final int WALKS = 10;

  private final Processes processes;

  Adjustment(Processes processes) {
    this.processes = processes;
  }

  OomScore adjust(long pid, OomScoreAdj adj) {
    return adjust(processes.score(pid), adj);
  }

  /** Writes to the very process that was seen, and reads back. */
  OomScore adjust(OomScore seen, OomScoreAdj adj) {
    Path file = processes.dir(seen.pid()).resolve("oom_score_adj");
    try {
      // Whoever has this PID and start time now has had it since before the file was opened.
      KernelFile.write(file, adj.toString(), () -> stillThere(seen));
    } catch (IOException e) {
      throw refused(seen, adj, file, e);
    }
    OomScore after = stillThere(seen);
    if (!after.adj().equals(adj)) {
      throw new KernelIoException(
          "wrote " + adj + " to " + file + ", but it reads " + after.adj() + ": who else writes?");
    }
    return after;
  }

  private OomScore stillThere(OomScore seen) {
    return same(seen)
        .orElseThrow(
            () ->
                new ProcessGoneException(
                    seen.comm()
                        + " (pid "
                        + seen.pid()
                        + ") has ended"
                        + (processes.isGone(seen.pid())
                            ? ""
                            : "; its PID belongs to another process now, which was left alone")));
  }

  /** That very process as it is now, or empty if it has ended. */
  Optional<OomScore> same(OomScore seen) {
    return processes
        .find(seen.pid())
        .filter(now -> now.startTime().equals(seen.startTime()))
        .filter(now -> now.killability() != Killability.NO_MEMORY || seen.memory().isEmpty());
  }

  List<OomScore> adjustTree(long pid, OomScoreAdj adj) {
    Map<Long, OomScore> done = new LinkedHashMap<>();
    done.put(pid, adjust(pid, adj));
    // A child that is forked meanwhile by one that was not yet written has the old value.
    for (int walk = 0; walk < WALKS; walk++) {
      if (!adjustNewOnes(pid, adj, done)) {
        break;
      }
    }
    return List.copyOf(done.values());
  }

  private boolean adjustNewOnes(long top, OomScoreAdj adj, Map<Long, OomScore> done) {
    boolean found = false;
    Deque<Long> parents = new ArrayDeque<>(List.of(top));
    while (!parents.isEmpty()) {
      for (OomScore child : new ArrayList<>(processes.children(parents.pop()))) {
        parents.push(child.pid());
        OomScore known = done.get(child.pid());
        if (known != null && known.startTime().equals(child.startTime())) {
          continue;
        }
        try {
          done.put(child.pid(), adjust(child, adj));
          found = true;
        } catch (ProcessGoneException e) {
          // A child that ends needs no adjustment.
        }
      }
    }
    return found;
  }

  private OomException refused(OomScore before, OomScoreAdj adj, Path file, IOException e) {
    long pid = before.pid();
    if (processes.isGone(pid)) {
      return processes.gone(pid);
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
}
