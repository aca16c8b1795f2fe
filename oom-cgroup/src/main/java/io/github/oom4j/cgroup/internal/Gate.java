package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import io.github.oom4j.OomException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * The way into a box: a shell, started with the redirects, environment and directory of the
 * command, that puts itself into the box and then becomes the command. It keeps its PID, and every
 * page that the command allocates is charged to the box, because exec drops the old memory.
 *
 * <p>It reports on the standard output of the {@link Guard}, opened by its name under /proc, so
 * that the command's own three streams stay untouched and its exit value is never mistaken. Where
 * the kernel does not let it in, it asks to be let in by somebody who may, and waits on the guard's
 * standard error.
 */
public final class Gate {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  // Positional parameters only: a variable of the same name may be exported to the command. PWD is
  // set later, whatever it was.
  // oom_score_adj first: with an inherited -1000 a box too small for this shell could kill nobody.
  // After J nothing is left to fail but exec itself, whose errors Program has checked before.
  private static final String SCRIPT =
      """
      { exec 3>"/proc/$1/fd/1"; } 2>/dev/null || exit 125
      { echo "$3" >/proc/self/oom_score_adj; } 2>&3 || [ "$4" = keep ] || {
        echo "E adj" >&3
        exit 125
      }
      { echo 0 >"$2/cgroup.procs"; } 2>&3 || {
        echo A >&3
        read -r PWD <"/proc/$1/fd/2" || exit 125
      }
      case $5 in
        -) unset PWD ;;
        *) PWD=${5#=} && export PWD ;;
      esac
      echo J >&3 || exit 125
      exec 3>&-
      shift 5
      exec "$@"
      """;

  private final String name;
  private final ProcessBuilder shell;
  private final String pwd;
  private final List<String> command;

  private Gate(String name, ProcessBuilder shell, String pwd, List<String> command) {
    this.name = name;
    this.shell = shell;
    this.pwd = pwd;
    this.command = command;
  }

  /** How the shell fared. */
  public enum Outcome {
    /** It is in the box, and has become the command or is about to. */
    JOINED,
    /** The kernel refused the oom_score_adj. */
    ADJ_REFUSED,
    /** The kernel refused to let it into the box, and nobody else could put it there. */
    JOIN_REFUSED,
    /** It ended before it said anything. */
    ENDED,
    /** It said nothing for too long. */
    SILENT
  }

  /**
   * The started shell and its report.
   *
   * @param process the process, which is the command if the outcome is JOINED
   * @param outcome how it fared
   * @param said what the shell printed about it
   */
  public record Report(Process process, Outcome outcome, String said) {}

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
    return new Gate(words.get(0), shell, environment.pwd(), tail);
  }

  /** The shell searches the command's PATH; where that is another than ours, the path is named. */
  private static String argv0(Program program, boolean samePath) {
    boolean plain = !program.word().startsWith("-") && (samePath || program.word().contains("/"));
    return plain ? program.word() : program.file().toString();
  }

  /**
   * Starts the shell and waits until it is in the box. Does not heed interrupts. Call it once.
   *
   * @param box the box's directory
   * @param adj the oom_score_adj to set; where empty, 0, or what is inherited if the kernel refuses
   * @param guard whose standard output is the channel
   * @param porter puts a process into the box that may not go there by itself; false if it can't
   * @return the report; unless it is JOINED, the process has ended
   * @throws LaunchException if the shell could not be started at all
   * @throws OomException whatever the porter throws; the process has ended
   */
  public Report open(Path box, OptionalInt adj, Guard guard, LongPredicate porter) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "oom4j-gate"));
    words.add(Long.toString(guard.pid()));
    words.add(box.toString());
    words.add(Integer.toString(adj.orElse(0)));
    words.add(adj.isPresent() ? "insist" : "keep");
    words.add(pwd);
    words.addAll(command);
    Process process;
    try {
      process = shell.command(words).start();
    } catch (IOException e) {
      throw new LaunchException("could not start " + name + ": " + e.getMessage(), e);
    }
    Outcome outcome = Outcome.SILENT;
    try {
      Report report = listen(process, guard.channel());
      if (report.outcome() == Outcome.JOIN_REFUSED && porter.test(process.pid())) {
        guard.release();
        report = listen(process, guard.channel());
      }
      outcome = report.outcome();
      return report;
    } finally {
      if (outcome != Outcome.JOINED) {
        process.destroyForcibly();
        Patience.awaitExit(process, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private static Report listen(Process process, InputStream channel) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    StringBuilder said = new StringBuilder();
    try {
      while (true) {
        // In this order: what it wrote before it ended is in the pipe once it has ended.
        boolean ended = Patience.awaitExit(process, 1, TimeUnit.MILLISECONDS);
        byte[] news = new byte[channel.available()];
        int length = channel.readNBytes(news, 0, news.length);
        said.append(new String(news, 0, length, StandardCharsets.ISO_8859_1));
        Optional<Outcome> outcome = outcome(said);
        if (outcome.isPresent()) {
          return new Report(process, outcome.get(), words(said));
        }
        if (ended || System.nanoTime() > end) {
          return new Report(process, ended ? Outcome.ENDED : Outcome.SILENT, words(said));
        }
      }
    } catch (IOException e) {
      return new Report(process, Outcome.SILENT, "its channel broke: " + e.getMessage());
    }
  }

  /** What the shell itself said, on one line. */
  private static String words(CharSequence said) {
    return said.toString().replaceAll("(?m)^(A|J|E adj)$", "").strip().replace('\n', ' ');
  }

  private static Optional<Outcome> outcome(CharSequence said) {
    List<String> lines = List.of(said.toString().split("\n", -1));
    // What follows the last newline is no whole line yet.
    List<String> whole = lines.subList(0, lines.size() - 1);
    if (whole.contains("J")) {
      return Optional.of(Outcome.JOINED);
    }
    if (whole.contains("E adj")) {
      return Optional.of(Outcome.ADJ_REFUSED);
    }
    return whole.contains("A") ? Optional.of(Outcome.JOIN_REFUSED) : Optional.empty();
  }
}
