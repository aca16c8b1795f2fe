package io.github.oom4j.cgroup.internal.events;

import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import io.github.oom4j.KernelIoException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link WatchService}. Calls all files ready whenever one may be, and once a second: inotify
 * does not tell of the removal of a cgroup, and may lack the resources to tell of anything.
 */
final class DirectoryPoller implements Poller {

  private final WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private List<EventFile> watched = List.of();

  // Guarded by this.
  private @Nullable Thread waiting;
  private boolean wakeUp;

  private DirectoryPoller(WatchService service) {
    this.service = service;
  }

  static DirectoryPoller open() {
    try {
      return new DirectoryPoller(FileSystems.getDefault().newWatchService());
    } catch (IOException e) {
      throw new KernelIoException(
          "could not create an inotify instance: "
              + e.getMessage()
              + "; see 'sysctl fs.inotify.max_user_instances' and 'ulimit -n'",
          e);
    }
  }

  @Override
  public BitSet await(List<EventFile> files) {
    BitSet all = new BitSet();
    all.set(0, files.size());
    if (files != watched) {
      // What changed before the registration was not told: all are read once after it.
      watched = files;
      register(
          files.stream()
              .map(file -> ((DirectoryEvents.File) file).directory())
              .collect(Collectors.toSet()));
      return all;
    }
    WatchKey key = next();
    while (key != null) {
      key.pollEvents();
      key.reset();
      key = service.poll();
    }
    return all;
  }

  private void register(Set<Path> directories) {
    keys.entrySet()
        .removeIf(
            entry -> {
              boolean left = !directories.contains(entry.getKey());
              if (left) {
                entry.getValue().cancel();
              }
              return left;
            });
    for (Path directory : directories) {
      if (!keys.containsKey(directory)) {
        try {
          keys.put(directory, directory.register(service, ENTRY_MODIFY));
        } catch (IOException e) {
          // Gone, or no inotify watch is left: what happens is then seen within a second.
        }
      }
    }
  }

  /** Waits for a second at most. The interrupt reaches this thread nowhere else than here. */
  private @Nullable WatchKey next() {
    synchronized (this) {
      if (wakeUp) {
        wakeUp = false;
        return null;
      }
      waiting = Thread.currentThread();
    }
    try {
      return service.poll(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return null;
    } finally {
      synchronized (this) {
        waiting = null;
        wakeUp = false;
        Thread.interrupted();
      }
    }
  }

  @Override
  public synchronized void wakeUp() {
    wakeUp = true;
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      // Its thread ends and its descriptors are closed all the same.
    }
  }
}
