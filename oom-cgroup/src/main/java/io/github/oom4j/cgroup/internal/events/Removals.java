package io.github.oom4j.cgroup.internal.events;

import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Tells poll(2) of the removal of cgroups: it would sleep on, as kernfs wakes nobody then (seen on
 * 6.18; a poll that begins afterwards says POLLERR). An inotify(7) instance that watches for
 * deletion in the directories above. What exactly was deleted does not matter: the next poll knows.
 */
final class Removals {

  private static final int LARGEST_READ = 4096;

  /** -1 if there is none, which poll(2) skips. */
  private int fd;

  private final Map<Path, Integer> watches = new HashMap<>();

  private Removals(int fd) {
    this.fd = fd;
  }

  /** Works also where the user has no inotify instance left; nothing can be followed then. */
  static Removals open() {
    return new Removals(LibC.inotify_init1(LibC.CLOEXEC_NONBLOCK));
  }

  int fd() {
    return fd;
  }

  /** Watches these directories alone; returns whether that works for all. */
  boolean follow(Set<Path> directories) {
    for (Iterator<Map.Entry<Path, Integer>> all = watches.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Path, Integer> old = all.next();
      if (!directories.contains(old.getKey())) {
        all.remove();
        // The same directory under another name has the same watch.
        if (!watches.containsValue(old.getValue())) {
          LibC.inotify_rm_watch(fd, old.getValue());
        }
      }
    }
    boolean all = true;
    for (Path directory : directories) {
      if (!watches.containsKey(directory)) {
        int watch =
            LibC.inotify_add_watch(
                fd, PollEvents.name(directory), LibC.IN_DELETE | LibC.IN_ONLYDIR);
        if (watch < 0) {
          all = false;
        } else {
          watches.put(directory, watch);
        }
      }
    }
    return all;
  }

  void drain() {
    NativeLong size = new NativeLong(LARGEST_READ);
    byte[] events = new byte[LARGEST_READ];
    while (LibC.read(fd, events, size).longValue() > 0) {
      // Until EAGAIN.
    }
  }

  void close() {
    if (fd >= 0) {
      LibC.close(fd);
      fd = -1;
    }
  }
}
