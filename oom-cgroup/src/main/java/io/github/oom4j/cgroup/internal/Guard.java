package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import io.github.oom4j.internal.KernelFile;
import java.io.File;
import java.io.FileOutputStream;
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
 * box. It runs outside of the box, in a session of its own, so that a signal to the JVM's process
 * group spares it.
 */
public final class Guard implements AutoCloseable {

  private static final int SECONDS_TO_EXIT = 5;

  private static final Charset PATHS =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  // Killing PID 0 would hit our own process group; the kernel prints 0 for processes of other PID
  // namespaces. Without cgroup.kill (before 5.14, and v1) processes that fork meanwhile are found
  // in the next round.
  static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      box=
      while IFS= read -r line; do
        box=$line
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

  /** The last guard that was nobody's child when it ended; 0 if there was none. */
  private static volatile long lastOrphan;

  private final long pid;
  private final OutputStream latch;
  private final Optional<Process> child;
  private Optional<Path> box = Optional.empty();

  private Guard(long pid, OutputStream latch, Optional<Process> child) {
    this.pid = pid;
    this.latch = latch;
    this.child = child;
  }

  /**
   * Starts a guard as a process of its own. It has nothing to guard yet. Its standard output and
   * its standard error are the pipes of a gate.
   *
   * @throws LaunchException if it can't be started
   */
  static Guard start() {
    List<String> command = new ArrayList<>();
    setsid().ifPresent(command::add);
    command.addAll(List.of("/bin/sh", "-c", SCRIPT, "oom4j-guard"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(new File("/"));
    builder.environment().clear();
    builder.environment().put("PATH", path());
    try {
      Process process = builder.start();
      return new Guard(process.pid(), process.getOutputStream(), Optional.of(process));
    } catch (IOException e) {
      throw new LaunchException("could not start the guard of a box: " + e.getMessage(), e);
    }
  }

  /** A guard that a gate has forked, and that waits for the end of what we hold the latch of. */
  static Guard orphan(long pid, OutputStream latch) {
    return new Guard(pid, latch, Optional.empty());
  }

  /**
   * Whether a guard that is nobody's child would not be waited for when it ends. That is so if this
   * JVM is the init of its PID namespace, and where that init, {@code sleep} for example, waits for
   * nobody; then the last one is a zombie still.
   */
  static boolean wouldStayAsZombie() {
    return ProcessHandle.current().pid() == 1 || isZombie(lastOrphan);
  }

  private static boolean isZombie(long pid) {
    try {
      return pid != 0 && KernelFile.readText(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }

  /** The program that puts another into a session of its own, where there is one. */
  static Optional<String> setsid() {
    return Optional.of("/usr/bin/setsid").filter(file -> new File(file).canExecute());
  }

  /** Where a guard finds rmdir and sleep. */
  static String path() {
    String path = System.getenv("PATH");
    return (path == null ? "" : path + ":") + "/usr/bin:/bin";
  }

  /** The pipe on which a gate reports to us. */
  InputStream report() {
    return child.orElseThrow().getInputStream();
  }

  /** The pipe on which a gate waits for us. Its writing end is our guard's, and ends with it. */
  OutputStream go() throws IOException {
    return new FileOutputStream("/proc/" + pid + "/fd/2");
  }

  /**
   * Tells it what to kill and remove when this JVM dies. The box need not exist yet.
   *
   * @param box the box's directory
   * @throws LaunchException if the guard is dead
   */
  public void watch(Path box) {
    this.box = Optional.of(box);
    try {
      latch.write(line(box));
      latch.flush();
    } catch (IOException e) {
      throw new LaunchException("the guard of a box died: " + e.getMessage(), e);
    }
  }

  /** A path as a shell reads it. */
  static byte[] line(Path path) {
    return (path + "\n").getBytes(PATHS);
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
   * The guard's PID.
   *
   * @return its PID
   */
  public long pid() {
    return pid;
  }

  /**
   * Lets the guard end. If the box still exists, it first goes on trying to remove it, for a minute
   * at most. One that is our child is waited for, but not that long. Does not heed interrupts.
   * Idempotent.
   */
  @Override
  public void close() {
    try {
      latch.close();
    } catch (IOException e) {
      // It died before; nothing is left to tell it.
    }
    if (child.isPresent()) {
      Patience.awaitExit(child.get(), SECONDS_TO_EXIT, TimeUnit.SECONDS);
    } else {
      lastOrphan = pid;
    }
  }
}
