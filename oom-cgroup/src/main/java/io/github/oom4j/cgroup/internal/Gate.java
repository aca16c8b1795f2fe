package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The way into a box: a shell, started with the redirects, environment and directory of the
 * command, that puts itself into the box and then becomes the command. It keeps its PID, and every
 * page that the command allocates is charged to the box, because exec drops the old memory.
 *
 * <p>It is spoken to through pipes beside the command's own three streams, which stay untouched.
 * The shell makes these pipes, this JVM opens them by their names under {@code /proc/PID/fd}; no
 * file is made, and nothing is left of them when both ends are closed. Where that does not do, the
 * pipes are those of a {@link ScopeGuard}, see {@link ScopeGuard#start()}.
 */
public final class Gate {

  // Positional parameters only: a variable of the same name may be exported to the command. PWD is
  // set later, whatever it was; OLDPWD goes to nobody.
  // The shell holds no writing end of 4, so that it ends when this JVM dies. Until the JVM has
  // opened it, it is at its end too: hence the loop, in which a JVM that died is seen by the PID of
  // the parent. It closes its reading end of 5 for the same reason.
  // oom_score_adj first: with an inherited -1000 a box too small for this shell could kill nobody.
  // After J nothing is left to fail but exec itself, whose errors Program has checked before.
  private static final String SCRIPT =
      """
      case $1 in
        join)
          { exec 4<"/proc/$2/fd/2" 6>"/proc/$2/fd/1"; } 2>/dev/null || exit 125
          ;;
        *)
          exec 4<<'GO' 5<<'REPORT'
      GO
      REPORT
          { exec 6>/proc/self/fd/5; } 2>/dev/null || exit 125
          until read -r PWD <&4; do
            read -r OLDPWD OLDPWD OLDPWD PWD OLDPWD </proc/self/stat
            [ "$PWD" = "$2" ] || exit 125
          done
          exec 5<&-
          ;;
      esac
      IFS= read -r PWD <&4 || exit 125
      { echo "$3" >/proc/self/oom_score_adj; } 2>&6 || [ "$4" = keep ] || {
        echo "E adj" >&6
        exit 125
      }
      { echo 0 >"$PWD/cgroup.procs"; } 2>&6 || {
        echo "E join" >&6
        exit 125
      }
      case $5 in
        -) unset PWD ;;
        *) PWD=${5#=} && export PWD ;;
      esac
      echo J >&6 || exit 125
      exec 4<&- 6>&-
      shift 5
      exec "$@"
      """;

  private final String name;
  private final ProcessBuilder shell;
  private final String pwd;
  private final List<String> command;
  private final boolean makesPipes;

  private Gate(
      String name, ProcessBuilder shell, String pwd, List<String> command, boolean makesPipes) {
    this.name = name;
    this.makesPipes = makesPipes;
    this.shell = shell;
    this.pwd = pwd;
    this.command = command;
  }

  /**
   * Checks that a command can be started, and prepares its start. Creates nothing.
   *
   * @param command the command with its redirects, environment and directory
   * @return the gate
   * @throws LaunchException if the program or the directory is not there or not usable
   * @throws IllegalArgumentException if there is no command
   */
  public static Gate to(ProcessBuilder command) {
    List<String> words = List.copyOf(command.command());
    if (words.isEmpty()) {
      throw new IllegalArgumentException("the command has no words, not even a program");
    }
    if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
      throw new LaunchException("could not start the command: a word of it holds a NUL character");
    }
    File directory = command.directory();
    if (directory != null && !directory.isDirectory()) {
      throw new LaunchException(
          "could not start " + words.get(0) + ": no such directory to run it in: " + directory);
    }
    File base = new File(directory == null ? "" : directory.getPath()).getAbsoluteFile();
    Optional<String> path = Optional.ofNullable(System.getenv("PATH"));
    Program program = Program.find(words.get(0), base, path);

    ProcessBuilder shell = new ProcessBuilder();
    shell
        .directory(directory)
        .redirectInput(command.redirectInput())
        .redirectOutput(command.redirectOutput())
        .redirectError(command.redirectError())
        .redirectErrorStream(command.redirectErrorStream());
    Map<String, String> wanted = command.environment();
    ShellEnvironment environment = ShellEnvironment.of(wanted);
    environment.fill(shell.environment());

    String argv0 = argv0(program, path.equals(Optional.ofNullable(wanted.get("PATH"))));
    List<String> tail = new ArrayList<>(environment.prefix(argv0));
    tail.add(argv0);
    tail.addAll(words.subList(1, words.size()));
    return new Gate(words.get(0), shell, environment.pwd(), tail, documentsArePipes());
  }

  /** A here-document of dash and busybox is a pipe; that of bash may be a file. */
  private static boolean documentsArePipes() {
    String shell = ShellEnvironment.shell();
    return shell.equals("dash") || shell.equals("busybox");
  }

  /** The shell searches the command's PATH; where that is another than ours, the path is named. */
  private static String argv0(Program program, boolean samePath) {
    boolean plain = !program.word().startsWith("-") && (samePath || program.word().contains("/"));
    return plain ? program.word() : program.file().toString();
  }

  /**
   * Starts the shell. It waits to be told a box; nothing of the command runs before. Does not heed
   * interrupts. Call it once.
   *
   * @param adj the oom_score_adj to set; where empty, 0, or what is inherited if the kernel refuses
   * @param guarded whether the box is to be in a scope of systemd, and so takes a guard of its own
   * @return the shell that waits
   * @throws LaunchException if it could not be started; nothing is left of it
   */
  public WaitingGate start(OptionalInt adj, boolean guarded) {
    if (!makesPipes) {
      return startBeside(adj);
    }
    if (!guarded) {
      return start(adj, Optional.empty());
    }
    Optional<ScopeGuard> guard = ScopeGuard.fork();
    return guard.isPresent() ? start(adj, guard) : startBeside(adj);
  }

  /** As {@link #start}, of a shell that makes the pipes. */
  WaitingGate start(OptionalInt adj, Optional<ScopeGuard> guard) {
    try {
      String jvm = Long.toString(ProcessHandle.current().pid());
      return WaitingGate.withOwnPipes(start(adj, List.of("pipes", jvm)), new Guard(guard));
    } catch (RuntimeException | Error e) {
      guard.ifPresent(ScopeGuard::close);
      throw e;
    }
  }

  /** As {@link #start}, with a guard that is a process of its own, and has the pipes. */
  WaitingGate startBeside(OptionalInt adj) {
    ScopeGuard guard = ScopeGuard.start();
    try {
      String pid = Long.toString(guard.pid());
      return WaitingGate.beside(guard, start(adj, List.of("join", pid)));
    } catch (RuntimeException | Error e) {
      guard.close();
      throw e;
    }
  }

  private Process start(OptionalInt adj, List<String> before) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "oom4j-gate"));
    words.addAll(before);
    words.add(Integer.toString(adj.orElse(0)));
    words.add(adj.isPresent() ? "insist" : "keep");
    words.add(pwd);
    words.addAll(command);
    try {
      return shell.command(words).start();
    } catch (IOException e) {
      throw new LaunchException("could not start " + name + ": " + e.getMessage(), e);
    }
  }
}
