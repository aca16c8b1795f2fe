package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One shell for all boxes of this JVM, that outlives the JVM by an instant: it waits for the end of
 * its standard input, which comes when the JVM dies, and then kills and removes what is left. It
 * runs in a session of its own, so that a signal to the JVM's process group spares it. It is
 * started with the first box, and ends a second after the last, since one for each box would cost
 * as much as the rest of the launch: it is three programs to start. Thread-safe.
 */
final class JvmGuard {

  /**
   * How to get rid of a box, for up to a minute. Killing PID 0 would hit our own process group; the
   * kernel prints 0 for processes of other PID namespaces. Without cgroup.kill (before 5.14, and
   * v1) processes that fork meanwhile are found in the next round.
   */
  static final String REMOVE =
      """
      sweep() {
        for d in "$1"/*/ "$1"/.[!.]*/; do
          [ -d "$d" ] && sweep "${d%/}"
        done
        while IFS= read -r p; do
          [ "$p" -gt 0 ] && kill -9 "$p"
        done <"$1/cgroup.procs"
        rmdir "$1"
      }
      remove() {
        n=0
        while [ -d "$1" ] && [ $n -lt 600 ]; do
          [ -f "$1/cgroup.kill" ] && echo 1 >"$1/cgroup.kill"
          sweep "$1"
          n=$((n + 1))
          [ -d "$1" ] && { sleep 0.1 || sleep 1; }
        done
      }
      """;

  // The boxes are its positional parameters. A cgroup's name holds no newline: the kernel takes
  // none.
  private static final String SCRIPT =
      "trap '' HUP INT QUIT TERM\n"
          + REMOVE
          + """
          while IFS= read -r line; do
            box=${line#?}
            case $line in
              +*) set -- "$@" "$box" ;;
              *)
                n=$#
                while [ $n -gt 0 ]; do
                  [ "$1" = "$box" ] || set -- "$@" "$1"
                  shift
                  n=$((n - 1))
                done
                if [ -d "$box" ]; then remove "$box" & fi
                ;;
            esac
          done
          for box; do
            remove "$box" &
          done
          wait
          """;

  private static final Charset PATHS =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private static final Object LOCK = new Object();

  /** On the one thread that the JDK has for such. */
  private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  // All guarded by LOCK.
  private static final Set<Path> BOXES = new LinkedHashSet<>();
  private static long idles; // how often there was no box left
  private static @Nullable Process shell;

  private JvmGuard() {}

  /**
   * From now on a box is killed and removed when this JVM dies. It need not exist yet.
   *
   * @throws LaunchException if the shell can't be started
   */
  static void watch(Path box) {
    synchronized (LOCK) {
      BOXES.add(box);
      try {
        if (!tell('+', box)) {
          // None yet, or somebody has killed it.
          shell = start();
          for (Path each : BOXES) {
            if (!tell('+', each)) {
              throw new IOException("it ended at once");
            }
          }
        }
      } catch (IOException e) {
        BOXES.remove(box);
        throw new LaunchException("could not start the guard of boxes: " + e.getMessage(), e);
      }
    }
  }

  /** Lets go of a box. One that still exists it goes on trying to remove, for a minute at most. */
  static void forget(Path box) {
    synchronized (LOCK) {
      if (BOXES.remove(box)) {
        // If it is dead there is nobody to tell, and the next box starts another.
        tell('-', box);
        if (BOXES.isEmpty()) {
          Process idle = shell;
          long since = ++idles;
          LATER.execute(() -> end(idle, since));
        }
      }
    }
  }

  /** Ends it if there was no box since. */
  private static void end(@Nullable Process idle, long since) {
    synchronized (LOCK) {
      if (idle != null && idle == shell && BOXES.isEmpty() && since == idles) {
        shell = null;
        try {
          idle.getOutputStream().close();
        } catch (IOException e) {
          // It died before.
        }
      }
    }
  }

  private static boolean tell(char what, Path box) {
    Process running = shell;
    if (running == null || !running.isAlive()) {
      return false;
    }
    try {
      OutputStream input = running.getOutputStream();
      input.write(what);
      input.write(line(box));
      input.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Process start() throws IOException {
    List<String> command = new ArrayList<>();
    setsid().ifPresent(command::add);
    command.addAll(List.of("/bin/sh", "-c", SCRIPT, "oom4j-guard"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .directory(new File("/"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().put("PATH", path());
    return builder.start();
  }

  /** A path as a shell reads it. */
  static byte[] line(Path path) {
    return (path + "\n").getBytes(PATHS);
  }

  /** The program that puts another into a session of its own, where there is one. */
  static Optional<String> setsid() {
    return Optional.of("/usr/bin/setsid").filter(file -> new File(file).canExecute());
  }

  /** Where a shell finds rmdir and sleep. */
  static String path() {
    String path = System.getenv("PATH");
    return (path == null ? "" : path + ":") + "/usr/bin:/bin";
  }

  /** The PID of the shell that runs, if one does. */
  static Optional<Long> pid() {
    synchronized (LOCK) {
      return Optional.ofNullable(shell).filter(Process::isAlive).map(Process::pid);
    }
  }
}
