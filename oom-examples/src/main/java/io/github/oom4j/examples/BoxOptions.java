package io.github.oom4j.examples;

import io.github.oom4j.Limit;
import io.github.oom4j.cgroup.ScopeBackend;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What all commands that run others in boxes can be asked for. */
final class BoxOptions {

  @Option(
      names = "--swap-max",
      paramLabel = "SIZE",
      description = "The most swap it may use; 'max' for no limit (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private String swapMax = "";

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "Who makes the box: auto, systemd, systemd-user, cgroupfs or cgroup-v1 (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "auto")
  private String backend = "";

  Limit swapMax() {
    return Limit.parse(swapMax);
  }

  /** Empty to take the best that works. */
  Optional<ScopeBackend> backend() {
    return backend.equals("auto") ? Optional.empty() : Optional.of(ScopeBackend.parse(backend));
  }
}
