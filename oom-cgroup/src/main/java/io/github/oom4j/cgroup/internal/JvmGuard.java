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
 * as much as the rest of the launch: it is three programs to start. If somebody kills it, another
 * takes over. A {@link Gate} writes to its pipe too. Thread-safe.
 */
final class JvmGuard {

  private static final String NAME = "oom4j-guard";

  /** The answer to the order to guard a box. */
  static final String GUARDED = "guarded";

  /** What file names and arguments are to this JVM. */
  static final Charset PATHS = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  /** After so many it is no chance, and nobody tries again before the next start or close. */
  private static final int DEATHS_MAX = 10;

  /** A pipe takes one page at least before a writer has to wait, maybe for ever. */
  private static final int UNREAD_MAX = 4000;

  private static final Object LOCK = new Object();

  // All guarded by LOCK.
  private static final Set<Path> BOXES = new LinkedHashSet<>();
  private static final Set<Long> FORKED = new HashSet<>(); // by the shell that runs
  private static @Nullable Shell current;
  private static int unread; // how many bytes of orders it may not have read yet
  private static long idles; // how often there was nothing left to guard
  private static int deaths; // of shells in a row that died before they knew all boxes

  /**
   * One that runs, or did.
   *
   * @param report what it and others write to its standard output
   */
  record Shell(Process process, ShellReport report) {}

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
    return tell(shell, "+" + box) && heard(shell);
  }

  private static Optional<String> askForFork(Shell shell) {
    return tell(shell, "F") ? answer(shell, line -> !line.equals(GUARDED)) : Optional.empty();
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
        // Somebody may have stopped it; what it removes, children of its do.
        Idle.LATER.execute(idle.process::destroyForcibly);
      }
    }
  }

  private static boolean tell(@Nullable Shell shell, String order) {
    if (shell == null || !shell.process.isAlive()) {
      return false;
    }
    byte[] line = line(order);
    if (unread + line.length > UNREAD_MAX && !(write(shell, line("?")) && heard(shell))) {
      return false;
    }
    unread += line.length;
    return write(shell, line);
  }

  private static boolean heard(Shell shell) {
    return answer(shell, GUARDED::equals).isPresent();
  }

  /** What it says to the last order, so that it has read all; a mute one is of no use. */
  private static Optional<String> answer(Shell shell, Predicate<String> wanted) {
    Optional<String> answer =
        shell.report.await(NAME, wanted, shell.process::isAlive, ShellReport.PATIENCE);
    unread = 0;
    if (answer.isEmpty()) {
      shell.process.destroyForcibly();
    }
    return answer;
  }

  private static boolean write(Shell shell, byte[] line) {
    try {
      OutputStream input = shell.process.getOutputStream();
      input.write(line);
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
      unread = 0;
      var unused =
          process.toHandle().onExit().thenRunAsync(() -> replace(running), Idle::startThread);
      for (Path box : BOXES) {
        if (!guards(running, box)) {
          process.destroyForcibly();
          current = null;
          running.report.closeAfterLast(NAME);
          deaths++;
          throw new IOException("it ended at once, or does not run");
        }
      }
      deaths = 0;
      return running;
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of boxes: " + e.getMessage(), e);
    }
  }

  /**
   * In place of one that died: also if that was while it took over from another. The JDK tells of a
   * death in the common pool; where that is full, later.
   */
  private static void replace(Shell dead) {
    synchronized (LOCK) {
      boolean none = current == null || dead.equals(current);
      if (none && !BOXES.isEmpty() && deaths < DEATHS_MAX) {
        try {
          another();
        } catch (LaunchException e) {
          // Its end, or the next start or close of a box, leads to the next try.
        }
      }
    }
  }

  private static Process start() throws IOException {
    // The program that puts another into a session of its own, where there is one.
    Optional<String> setsid =
        Optional.of("/usr/bin/setsid").filter(file -> new File(file).canExecute());
    return shell(setsid, GuardScripts.OF_JVM)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
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
