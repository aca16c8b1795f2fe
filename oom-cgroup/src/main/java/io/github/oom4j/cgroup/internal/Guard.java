package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A shell that outlives this JVM, if only by an instant: it waits for the end of its standard
 * input, which comes when the JVM closes it or dies, and then kills and removes what is left of a
 * box. It runs outside of the box. Its standard output is the channel on which a gate reports, its
 * standard error the one on which a gate waits: both are pipes that a gate opens by their names
 * under /proc, so that no file is made and nothing is left of them when the guard is gone.
 */
public final class Guard implements AutoCloseable {

  private static final int SECONDS_TO_EXIT = 5;

  private static final Charset PATHS =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  // Killing PID 0 would hit our own process group; the kernel prints 0 for processes of other PID
  // namespaces. Without cgroup.kill (before 5.14, and v1) processes that fork meanwhile are found
  // in the next round.
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      box=
      while IFS= read -r line; do
        case $line in
          go) echo go >&2 ;;
          *) box=$line ;;
        esac
      done
      [ -n "$box" ] || exit 0
      exec 2>/dev/null
      sweep() {
        for d in "$1"/*/ "$1"/.[!.]*/; do
          [ -d "$d" ] && sweep "${d%/}"
        done
        while IFS= read -r p; do
          [ "$p" -gt 0 ] && kill -9 "$p"
        done <"$1/cgroup.procs"
        rmdir "$1"
      }
      n=0
      while [ -d "$box" ] && [ $n -lt 600 ]; do
        [ -f "$box/cgroup.kill" ] && echo 1 >"$box/cgroup.kill"
        sweep "$box"
        n=$((n + 1))
        [ -d "$box" ] && { sleep 0.1 || sleep 1; }
      done
      """;

  private final Process process;
  private Optional<Path> box = Optional.empty();

  private Guard(Process process) {
    this.process = process;
  }

  /**
   * Starts a guard that has nothing to guard yet.
   *
   * @return the guard
   * @throws LaunchException if it can't be started
   */
  public static Guard start() {
    List<String> command = new ArrayList<>();
    if (new File("/usr/bin/setsid").canExecute()) {
      // A session of its own: a signal to the JVM's process group (kill -- -PGID) spares it.
      command.add("/usr/bin/setsid");
    }
    command.addAll(List.of("/bin/sh", "-c", SCRIPT, "oom4j-guard"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(new File("/"));
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", (path == null ? "" : path + ":") + "/usr/bin:/bin");
    try {
      return new Guard(builder.start());
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of a box: " + e.getMessage(), e);
    }
  }

  /**
   * Tells it what to kill and remove when this JVM dies. The box need not exist yet.
   *
   * @param box the box's directory
   * @throws LaunchException if the guard is dead
   */
  public void watch(Path box) {
    this.box = Optional.of(box);
    tell(box.toString());
  }

  /**
   * What it kills and removes when this JVM dies.
   *
   * @return the box's directory, or empty if it was not told yet
   */
  public Optional<Path> watched() {
    return box;
  }

  /**
   * Lets the gate through that waits.
   *
   * @throws LaunchException if the guard is dead
   */
  void release() {
    tell("go");
  }

  private void tell(String line) {
    OutputStream in = process.getOutputStream();
    try {
      in.write((line + "\n").getBytes(PATHS));
      in.flush();
    } catch (IOException e) {
      throw new LaunchException("the guard of a box died: " + e.getMessage(), e);
    }
  }

  /**
   * The guard's PID.
   *
   * @return its PID
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Where lines arrive that others write to the guard's standard output.
   *
   * @return the reading end
   */
  InputStream channel() {
    return process.getInputStream();
  }

  /**
   * Ends the guard and waits for it. If the box still exists, the guard first goes on trying to
   * remove it, for a minute at most, and is not waited for that long. Does not heed interrupts.
   * Idempotent.
   */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It died before; nothing is left to tell it.
    }
    Patience.awaitExit(process, SECONDS_TO_EXIT, TimeUnit.SECONDS);
  }
}
