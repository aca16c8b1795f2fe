package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import io.github.oom4j.OomException;
import io.github.oom4j.internal.KernelFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The way into a box: a shell, started with the redirects, environment and directory of the
 * command, that puts itself into the box and then becomes the command. It keeps its PID, and every
 * page that the command allocates is charged to the box, because exec drops the old memory.
 *
 * <p>What it has to say goes to the pipe of the {@link JvmGuard}, which it opens by its name under
 * {@code /proc/PID/fd}: the command's own three streams stay untouched, and no file is made. When
 * this JVM dies meanwhile, the guard kills whoever is in the box and removes it, and a shell whose
 * box is gone ends.
 */
public final class Gate {

  // Its name is that of the box, so that what it says can be told from what others say.
  // Positional parameters only: a variable of the same name may be exported to the command. PWD is
  // set later, whatever it was; OPTIND goes around every shell.
  // oom_score_adj first: with an inherited -1000 a box too small for this shell could kill nobody.
  // One that somebody else moves does not move itself: it would be gone before that one comes. It
  // sees by its own cgroup that it is there. sleep is not to be searched in the command's PATH.
  // After J nothing is left to fail but exec itself. The shell then prints the reason where the
  // command would have printed its errors, and ends. bash heeds no trap then, but what it becomes
  // is env(1).
  private static final String SCRIPT =
      """
      { exec 6>"/proc/$1/fd/1"; } 2>/dev/null || exit 125
      if [ "$4" = keep ]; then
        { echo "$3" >/proc/self/oom_score_adj; } 2>/dev/null
      else
        { echo "$3" >/proc/self/oom_score_adj; } 2>&6 || {
          echo "$0 E adj" >&6
          exit 125
        }
      fi
      if [ "$5" = wait ]; then
        OPTIND=1
        while [ -d "$2" ] || exit 125; do
          while IFS= read -r PWD; do
            case $PWD in
              0::*/"$0") break 2 ;;
            esac
          done </proc/self/cgroup
          [ $((OPTIND += 1)) -lt 100 ] || /bin/sleep 0.01 2>/dev/null
        done
      else
        { echo 0 >"$2/cgroup.procs"; } 2>&6 || {
          echo "$0 E join" >&6
          exit 125
        }
      fi
      case $6 in
        -) unset PWD ;;
        *) PWD=${6#=} && export PWD ;;
      esac
      trap 'echo "$0 E exec" >&6' EXIT
      echo "$0 J" >&6 || exit 125
      shift 6
      exec "$@" 6>&-
      """;

  private static final Duration A_LITTLE = Duration.ofMillis(300);

  private final Program program;
  private final ProcessBuilder shell;
  private final String pwd;
  private final List<String> command;
  private final boolean throughEnv;

  private Gate(
      Program program, ProcessBuilder shell, String pwd, List<String> command, boolean throughEnv) {
    this.program = program;
    this.shell = shell;
    this.pwd = pwd;
    this.command = command;
    this.throughEnv = throughEnv;
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
    boolean throughEnv = !tail.isEmpty();
    tail.add(argv0);
    tail.addAll(words.subList(1, words.size()));
    return new Gate(program, shell, environment.pwd(), tail, throughEnv);
  }

  /** The shell searches the command's PATH; where that is another than ours, the path is named. */
  private static String argv0(Program program, boolean samePath) {
    boolean plain = !program.word().startsWith("-") && (samePath || program.word().contains("/"));
    return plain ? program.word() : program.file().toString();
  }

  /**
   * What is to be executed.
   *
   * @return the file's path
   */
  public File program() {
    return program.file();
  }

  /** How the shell fared. */
  public enum Outcome {
    /** It is in the box, and has become the command. */
    JOINED,
    /** The kernel refused to let it become the command. */
    EXEC_REFUSED,
    /** The kernel refused the oom_score_adj. */
    ADJ_REFUSED,
    /** The kernel refused to let it into the box. */
    JOIN_REFUSED,
    /** It ended before it said anything. */
    ENDED,
    /** It said nothing for too long. */
    SILENT
  }

  /**
   * What became of the shell. Unless it is JOINED, the process has ended.
   *
   * @param process the process, which is the command if the outcome is JOINED
   * @param outcome how it fared
   * @param said what the shell printed about it
   */
  public record Result(Process process, Outcome outcome, String said) {}

  /**
   * Starts the shell and waits until it is in the box and has become the command. Does not heed
   * interrupts. Call it once.
   *
   * @param box the box's directory, which a {@link Guard} watches
   * @param adj the oom_score_adj to set; where empty, 0, or what is inherited if the kernel refuses
   * @param usher moves the process of that PID into the box, where it can't do so by itself
   * @return what became of it
   * @throws LaunchException if it could not be started; nothing is left of it
   */
  public Result enter(Path box, OptionalInt adj, Optional<LongConsumer> usher) {
    String shellName = box.getFileName().toString();
    JvmGuard.Shell guard = JvmGuard.shell();
    guard.report().listenTo(shellName);
    try {
      Process process = start(shellName, guard.process().pid(), box, adj, usher.isPresent());
      Outcome outcome = Outcome.SILENT;
      try {
        outcome = await(process, shellName, guard.report(), usher);
        boolean refused = outcome == Outcome.EXEC_REFUSED;
        String said = refused ? reason(process) : guard.report().said(shellName);
        return new Result(process, outcome, said);
      } finally {
        if (outcome != Outcome.JOINED) {
          process.destroyForcibly();
          Patience.awaitExit(process, ShellReport.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } finally {
      guard.report().ignore(shellName);
    }
  }

  /** Throws what kept the usher from its work, unless the shell itself says how it fared. */
  private Outcome await(
      Process process, String shellName, ShellReport report, Optional<LongConsumer> usher) {
    Optional<OomException> refusal = usher.flatMap(mover -> tried(mover, process.pid()));
    Duration patience = refusal.isPresent() ? A_LITTLE : ShellReport.PATIENCE;
    Outcome outcome =
        report
            .await(shellName, line -> outcome(line).isPresent(), process::isAlive, patience)
            .flatMap(Gate::outcome)
            .orElseGet(() -> process.isAlive() ? Outcome.SILENT : Outcome.ENDED);
    if (outcome == Outcome.JOINED) {
      return becomesCommand(process.pid(), shellName, report) ? outcome : Outcome.EXEC_REFUSED;
    }
    if (refusal.isPresent() && (outcome == Outcome.ENDED || outcome == Outcome.SILENT)) {
      throw refusal.get();
    }
    return outcome;
  }

  /** One that is killed on its way, in a box too small for the command, did not fail to. */
  private boolean becomesCommand(long pid, String shellName, ShellReport report) {
    return report
        .await(shellName, "E exec"::equals, () -> isShell(pid), ShellReport.PATIENCE)
        .isEmpty();
  }

  /** Why it could not become the command, unless that was printed to where the builder says. */
  private String reason(Process process) {
    // It has said all, and somebody may have stopped it. Process.destroy would close its streams.
    process.toHandle().destroyForcibly();
    try (InputStream errors =
        shell.redirectErrorStream() ? process.getInputStream() : process.getErrorStream()) {
      String printed = new String(errors.readAllBytes(), JvmGuard.PATHS).strip();
      return printed.replaceFirst("(?s)^.*?: exec: ", "");
    } catch (IOException e) {
      return "";
    }
  }

  /** Or env(1) between the shell and the command. */
  private boolean isShell(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      String words = KernelFile.readText(process.resolve("cmdline"));
      if (!words.isEmpty() || !throughEnv) {
        return words.startsWith("/bin/sh\0-c\0" + SCRIPT + "\0")
            || (throughEnv && words.equals(commandLine()));
      }
      // It is being executed, or dead, which leaves it no descriptors.
      return KernelFile.readText(process.resolve("comm")).matches("(sh|env)\n")
          && Files.exists(process.resolve("fd/0"));
    } catch (IOException e) {
      return false;
    }
  }

  /** As the kernel shows it, each byte a character. */
  private String commandLine() {
    byte[] words = (String.join("\0", command) + "\0").getBytes(JvmGuard.PATHS);
    return new String(words, StandardCharsets.ISO_8859_1);
  }

  /** Who moved it may not know that: an answer can be lost. The shell's own word decides. */
  private static Optional<OomException> tried(LongConsumer usher, long pid) {
    try {
      usher.accept(pid);
      return Optional.empty();
    } catch (OomException e) {
      return Optional.of(e);
    }
  }

  private static Optional<Outcome> outcome(String line) {
    return switch (line) {
      case "J" -> Optional.of(Outcome.JOINED);
      case "E adj" -> Optional.of(Outcome.ADJ_REFUSED);
      case "E join" -> Optional.of(Outcome.JOIN_REFUSED);
      default -> Optional.empty();
    };
  }

  private Process start(String shellName, long guard, Path box, OptionalInt adj, boolean waits) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, shellName));
    words.add(Long.toString(guard));
    words.add(box.toString());
    words.add(Integer.toString(adj.orElse(0)));
    words.add(adj.isPresent() ? "insist" : "keep");
    words.add(waits ? "wait" : "go");
    words.add(pwd);
    words.addAll(command);
    try {
      return shell.command(words).start();
    } catch (IOException e) {
      throw new LaunchException("could not start " + program.word() + ": " + e.getMessage(), e);
    }
  }
}
