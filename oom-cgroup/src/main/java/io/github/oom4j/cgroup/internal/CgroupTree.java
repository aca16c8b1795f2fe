package io.github.oom4j.cgroup.internal;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** A cgroup and all that is nested in it: who is in there, killing them, removing it. */
public final class CgroupTree {

  private static final int MOST_ROUNDS = 1000;

  private final Path top;

  /**
   * The tree at a directory.
   *
   * @param top the cgroup's directory
   */
  public CgroupTree(Path top) {
    this.top = top;
  }

  /**
   * All cgroups of the tree, those deepest down first. What vanishes meanwhile is left out.
   *
   * @return the directories; the last is the top
   */
  public List<Path> cgroups() {
    List<Path> found = new ArrayList<>();
    collect(top, found);
    return found;
  }

  /**
   * The cgroups nested in the top, those deepest down first.
   *
   * @return their directories
   */
  public List<Path> nested() {
    List<Path> all = cgroups();
    return all.subList(0, all.size() - 1);
  }

  private static void collect(Path cgroup, List<Path> found) {
    try {
      children(cgroup).forEach(child -> collect(child, found));
    } catch (IOException e) {
      // Gone, or unreadable; if unreadable, removing it says so.
    }
    found.add(cgroup);
  }

  /**
   * The cgroups directly in another.
   *
   * @param cgroup its directory
   * @return their directories in ascending order
   * @throws IOException if it is gone or can't be read
   */
  public static List<Path> children(Path cgroup) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children =
        Files.newDirectoryStream(
            cgroup, child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))) {
      children.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(found);
    return found;
  }

  /**
   * The processes of one cgroup, without those of nested cgroups.
   *
   * @param cgroup its directory
   * @return PIDs in ascending order; a process of another PID namespace, which the kernel prints as
   *     0, is left out
   * @throws IOException if they can't be read
   */
  public static List<Long> processes(Path cgroup) throws IOException {
    return KernelFile.readText(cgroup.resolve("cgroup.procs"))
        .lines()
        .map(Long::valueOf)
        .filter(pid -> pid > 0)
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Kills every process of the tree: with one write where the kernel has {@code cgroup.kill} (v2,
   * 5.14), else one by one, again and again while new ones appear.
   */
  public void kill() {
    try {
      KernelFile.write(top.resolve("cgroup.kill"), "1");
    } catch (IOException e) {
      Set<Long> killed = new HashSet<>();
      for (int round = 0; round < MOST_ROUNDS && killOneByOne(killed); round++) {
        Thread.onSpinWait();
      }
    }
  }

  /** Returns whether there was one to kill that had not been killed before. */
  private boolean killOneByOne(Set<Long> killed) {
    boolean found = false;
    for (Path cgroup : cgroups()) {
      try {
        // A handle remembers when its process started. If the PID is still listed after the handle
        // was made, then it is that process which is in there, not an earlier owner of the PID.
        List<ProcessHandle> handles =
            processes(cgroup).stream().flatMap(pid -> ProcessHandle.of(pid).stream()).toList();
        Set<Long> still = Set.copyOf(processes(cgroup));
        for (ProcessHandle handle : handles) {
          if (still.contains(handle.pid()) && handle.pid() != ProcessHandle.current().pid()) {
            handle.destroyForcibly();
            found |= killed.add(handle.pid());
          }
        }
      } catch (IOException e) {
        // Gone; if it is unreadable, removing it says so.
      }
    }
    return found;
  }

  /**
   * Kills every process of the tree and removes it, trying again while processes are dying. Does
   * not heed interrupts. Returns at once if the tree is gone already.
   *
   * @param patience how long to go on
   * @throws KernelIoException if something is left after that time; the message says what
   */
  public void remove(Duration patience) {
    if (isRemovedAtOnce()) {
      return;
    }
    long end = System.nanoTime() + patience.toNanos();
    long pause = 200_000;
    boolean interrupted = false;
    try {
      while (true) {
        // An interrupted thread can neither write to a channel nor wait.
        interrupted |= Thread.interrupted();
        kill();
        try {
          removeDirectories();
          return;
        } catch (IOException e) {
          if (System.nanoTime() > end) {
            throw stuck(e);
          }
        }
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, 20_000_000);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Most are empty, and nothing is nested in them. */
  private boolean isRemovedAtOnce() {
    try {
      Files.deleteIfExists(top);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void removeDirectories() throws IOException {
    for (Path cgroup : cgroups()) {
      try {
        Files.delete(cgroup);
      } catch (NoSuchFileException e) {
        // Somebody else was faster.
      }
    }
  }

  private KernelIoException stuck(IOException cause) {
    List<Long> left = new ArrayList<>();
    for (Path cgroup : cgroups()) {
      try {
        left.addAll(processes(cgroup));
      } catch (IOException e) {
        // The cause tells more.
      }
    }
    return new KernelIoException(
        "could not remove cgroup " + top + ": " + cause.getMessage() + "; still in it: " + left,
        cause);
  }
}
