package io.github.oom4j;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Starts a command through a shell that adjusts itself first. */
final class AdjustedStart {

  // exit 125 is what choom and env say when they fail before the command runs.
  private static final String WRITE =
      "{ echo \"$1\" >/proc/self/oom_score_adj; } 2>/dev/null || exit 125; ";
  private static final String WRITE_AND_BECOME = WRITE + "shift; exec \"$@\"";

  private AdjustedStart() {}

  static Process of(ProcessBuilder command, OomScoreAdj adj) {
    if (command.command().isEmpty()) {
      throw new IllegalArgumentException("the command has no words, not even a program");
    }
    if (adj.value() < OomScore.self().adj().value() && !mayLower(adj)) {
      throw new DeniedException(
          "could not start "
              + command.command().get(0)
              + " with oom_score_adj "
              + adj
              + ": lowering it below that of this JVM needs CAP_SYS_RESOURCE; grant it with"
              + " 'AmbientCapabilities=CAP_SYS_RESOURCE' in a systemd unit or 'docker run --cap-add"
              + " SYS_RESOURCE'");
    }
    List<String> words = new ArrayList<>(shell(WRITE_AND_BECOME, adj));
    words.addAll(command.command());
    ProcessBuilder shell =
        new ProcessBuilder(words)
            .directory(command.directory())
            .redirectInput(command.redirectInput())
            .redirectOutput(command.redirectOutput())
            .redirectError(command.redirectError())
            .redirectErrorStream(command.redirectErrorStream());
    shell.environment().clear();
    shell.environment().putAll(command.environment());
    try {
      return shell.start();
    } catch (IOException e) {
      throw new LaunchException(
          "could not start " + command.command().get(0) + ": " + e.getMessage(), e);
    }
  }

  private static List<String> shell(String script, OomScoreAdj adj) {
    return List.of("/bin/sh", "-c", script, "oom4j-adj", adj.toString());
  }

  /** Asks the kernel, by a process that does nothing else: what it allows depends on history. */
  private static boolean mayLower(OomScoreAdj adj) {
    try {
      Process trial = new ProcessBuilder(shell(WRITE, adj)).start();
      trial.getOutputStream().close();
      return trial.onExit().join().exitValue() == 0;
    } catch (IOException e) {
      throw new LaunchException("could not start /bin/sh: " + e.getMessage(), e);
    }
  }
}
