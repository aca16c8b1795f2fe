package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One shell for all boxes of this JVM, that outlives the JVM by an instant: it waits for the end of
 * its standard input, which comes when the JVM dies, and then kills and removes what is left. It
 * runs in a session of its own, so that a signal to the JVM's process group spares it. It is
 * started with the first box, and ends a second after the last, since one for each box would cost
 * as much as the rest of the launch: it is three programs to start. A {@link Gate} writes to its
 * pipe too. Thread-safe.
 */
final class JvmGuard {

  /**
   * How to get rid of a box, for up to a minute. Killing PID 0 would hit our own process group; the
   * kernel prints 0 for processes of other PID namespaces. Without cgroup.kill (before 5.14, and
   * v1) processes that fork meanwhile are found in the next round. To kill takes no fork, after
   * whose failure dash would exit: {@code sweep BOX :} does that alone.
   */
  static final String REMOVE =
      """
      sweep() {
        [ -f "$1/cgroup.kill" ] && echo 1 >"$1/cgroup.kill"
        for d in "$1"/*/ "$1"/.[!.]*/; do
          [ -d "$d" ] && sweep "${d%/}" $2
        done
        while IFS= read -r p; do
          [ "$p" -gt 0 ] && kill -9 "$p"
        done <"$1/cgroup.procs"
        $2 "$1"
      }
      remove() {
        n=0
        while [ -d "$1" ] && [ $n -lt 600 ]; do
          sweep "$1" rmdir
          n=$((n + 1))
          [ -d "$1" ] && { sleep 0.1 || sleep 1; }
        done
      }
      """;

  // The JVM may be dead before it is answered, hence no SIGPIPE.
  // The boxes are its positional parameters; to set them once for each of a thousand boxes would
  // take dash a second. A cgroup's name holds no newline: the kernel takes none.
  // A ScopeGuard is forked from this shell, since starting a program costs ten times as much. It
  // reads a pipe of its own of which this JVM, after it has opened it, holds the only writing end;
  // until then that is at its end, hence the loop, which is left when this shell is gone. It is
  // killed and waited for on request, so that it is no zombie while this shell lives; killed only
  // if it is still this shell's child, since dash may have reaped it, and its PID be another's.
  private static final String SCRIPT =
      "trap '' HUP INT QUIT TERM PIPE\n"
          + REMOVE
          + ScopeGuard.HOLD
          + """
          while IFS= read -r line; do
            word=${line#?}
            case $line in
              +*)
                set -- "$@" "$word"
                echo "$0 guarded"
                ;;
              -*)
                n=0 left=
                for box; do
                  n=$((n + 1))
                  [ "$box" = "$word" ] || left="$left \\"\\${$n}\\""
                done
                eval "set -- $left"
                if [ -d "$word" ]; then remove "$word" >/dev/null & fi
                ;;
              F)
                (
                  exec 3<<'LATCH'
          LATCH
                  [ -p /proc/self/fd/3 ] || { echo "$0 none"; exit; }
                  read -r self rest </proc/self/stat
                  echo "$0 $self"
                  n=0
                  until IFS= read -r rest <&3; do
                    read -r rest rest rest parent rest </proc/self/stat
                    [ "$parent" = $$ ] || exit
                    n=$((n + 1))
                    [ $n -lt 5000 ] || sleep 0.1 # the JVM was stopped, it seems
                  done
                  hold "$self"
                  # systemd may have been asked for a scope, and fails one whose process is gone.
                  if [ -n "$box" ]; then remove "$box"; else sleep 2; fi
                ) &
                ;;
              E*)
                parent=
                read -r rest rest rest parent rest <"/proc/$word/stat"
                [ "$parent" != $$ ] || kill -9 "$word"
                wait "$word"
                ;;
            esac
          done
          for box; do
            sweep "$box" :
          done
          while [ $# -gt 1 ]; do
            remove "$1" &
            shift
          done
          [ $# -eq 0 ] || remove "$1"
          """;

  private static final String NAME = "oom4j-guard";

  /** The answer to the order to guard a box. */
  static final String GUARDED = "guarded";

  /** What file names and arguments are to this JVM. */
  static final Charset PATHS = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private static final Object LOCK = new Object();

  // All guarded by LOCK.
  private static final Set<Path> BOXES = new LinkedHashSet<>();
  private static final Set<Long> FORKED = new HashSet<>(); // by the shell that runs
  private static @Nullable Shell current;
  private static long idles; // how often there was nothing left to guard

  /**
   * One that runs, or did.
   *
   * @param report what it and others write to its standard output
   */
  record Shell(Process process, ShellReport report) {

    private Optional<String> answer(Predicate<String> wanted) {
      return report.await(NAME, wanted, process::isAlive, ShellReport.PATIENCE);
    }
  }

  private JvmGuard() {}

  /**
   * From now on a box is killed and removed when this JVM dies. It need not exist yet.
   *
   * @throws LaunchException if the shell can't be started
   */
  static void watch(Path box) {
    synchronized (LOCK) {
      Shell running = shell();
      BOXES.add(box);
      if (!guards(running, box)) {
        another();
      }
    }
  }

  /** Lets go of a box. One that still exists it goes on trying to remove, for a minute at most. */
  static void forget(Path box) {
    synchronized (LOCK) {
      if (BOXES.remove(box)) {
        if (!tell(current, "-" + box) && !BOXES.isEmpty()) {
          try {
            another();
          } catch (LaunchException e) {
            // It is not this box's fault; the next start of one tries again.
          }
        }
        endIfIdle();
      }
    }
  }

  /**
   * Forks a shell that waits for a line on its descriptor 3, which this JVM may open for writing.
   *
   * @return the shell, or empty if {@code /bin/sh} can't do it
   * @throws LaunchException if that fails
   */
  static Optional<ScopeGuard.Shell> fork() {
    synchronized (LOCK) {
      Shell shell = shell();
      Optional<String> pid = askForFork(shell);
      if (pid.isEmpty()) {
        shell = another();
        pid = askForFork(shell);
      }
      if (pid.isPresent() && !pid.get().equals("none")) {
        long forked = Long.parseLong(pid.get());
        FORKED.add(forked);
        // What is dead has no descriptors, also before its parent has waited for it.
        File latch = new File("/proc/" + forked + "/fd/3");
        return Optional.of(new ScopeGuard.Shell(forked, shell.report, latch::exists));
      }
      endIfIdle();
      if (pid.isEmpty()) {
        throw new LaunchException("the guard of boxes did not fork");
      }
      return Optional.empty();
    }
  }

  /** Waits for the answer, since somebody may have stopped the shell. */
  private static boolean guards(Shell shell, Path box) {
    return tell(shell, "+" + box) && shell.answer(GUARDED::equals).isPresent();
  }

  private static Optional<String> askForFork(Shell shell) {
    return tell(shell, "F") ? shell.answer(line -> !line.equals(GUARDED)) : Optional.empty();
  }

  /** Kills what was forked, and waits for it. */
  static void end(long forked) {
    synchronized (LOCK) {
      // Another shell's it may not be, nor anybody's: it ends by itself then.
      if (FORKED.remove(forked)) {
        tell(current, "E" + forked);
        endIfIdle();
      }
    }
  }

  private static void endIfIdle() {
    if (BOXES.isEmpty() && FORKED.isEmpty()) {
      long since = ++idles;
      Idle.LATER.execute(() -> endIfIdleSince(since));
    }
  }

  private static void endIfIdleSince(long since) {
    synchronized (LOCK) {
      Shell idle = current;
      if (idle != null && BOXES.isEmpty() && FORKED.isEmpty() && since == idles) {
        current = null;
        idle.report.closeAfterLast(NAME);
        try {
          idle.process.getOutputStream().close();
        } catch (IOException e) {
          // It died before.
        }
      }
    }
  }

  private static boolean tell(@Nullable Shell shell, String order) {
    if (shell == null || !shell.process.isAlive()) {
      return false;
    }
    try {
      OutputStream input = shell.process.getOutputStream();
      input.write(line(order));
      input.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The shell that runs; where there is none, or somebody has killed it, another.
   *
   * @throws LaunchException if it can't be started
   */
  static Shell shell() {
    synchronized (LOCK) {
      Shell running = current;
      return running != null && running.process.isAlive() ? running : another();
    }
  }

  /** In place of one that does not listen: the JDK learns of a death a moment later. */
  private static Shell another() {
    Shell deaf = current;
    if (deaf != null) {
      deaf.process.destroyForcibly();
      deaf.report.closeAfterLast(NAME);
    }
    try {
      Process process = start();
      Shell running = new Shell(process, ShellReport.of(process));
      running.report.listenTo(NAME);
      FORKED.clear();
      current = running;
      for (Path box : BOXES) {
        if (!guards(running, box)) {
          process.destroyForcibly();
          current = null;
          running.report.closeAfterLast(NAME);
          throw new IOException("it ended at once, or does not run");
        }
      }
      return running;
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of boxes: " + e.getMessage(), e);
    }
  }

  private static Process start() throws IOException {
    // The program that puts another into a session of its own, where there is one.
    Optional<String> setsid =
        Optional.of("/usr/bin/setsid").filter(file -> new File(file).canExecute());
    return shell(setsid, SCRIPT).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /**
   * A shell with that script, outside of any directory that somebody may want to remove, which
   * knows nothing of this JVM's environment but where rmdir and sleep are.
   *
   * @param before the program that starts it, if it is not to be started as it is
   */
  static ProcessBuilder shell(Optional<String> before, String script) {
    List<String> command = new ArrayList<>();
    before.ifPresent(command::add);
    command.addAll(List.of("/bin/sh", "-c", script, NAME));
    ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", (path == null ? "" : path + ":") + "/usr/bin:/bin");
    return builder;
  }

  /** A line, such as a path, as a shell reads it. */
  static byte[] line(Object text) {
    return (text + "\n").getBytes(PATHS);
  }
}
