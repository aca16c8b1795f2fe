package io.github.oom4j.kmsg.internal;

import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Waits for changes of the files that stand in for the device. */
final class FileWait implements RecordWait {

  private final Set<Path> watched = new HashSet<>();
  private volatile WatchService watcher = newWatcher();
  private volatile boolean closed;

  private static WatchService newWatcher() {
    try {
      return FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      throw KernelFile.failure("watch the kernel log", Path.of("."), e, "");
    }
  }

  @Override
  public void await(List<? extends RecordSource> sources, int timeoutMillis) {
    boolean changed = false;
    for (RecordSource source : sources) {
      changed |= watch(((RecordFile) source).path());
    }
    if (changed) {
      return; // what was written before the watch began must be read first
    }
    try {
      WatchKey key =
          timeoutMillis < 0 ? watcher.take() : watcher.poll(timeoutMillis, TimeUnit.MILLISECONDS);
      if (key != null) {
        key.pollEvents();
        key.reset();
      }
    } catch (ClosedWatchServiceException e) {
      renew();
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a listener; its caller has no use for it.
      renew();
    }
  }

  private boolean watch(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !watched.add(directory)) {
      return false;
    }
    try {
      directory.register(watcher, StandardWatchEventKinds.ENTRY_MODIFY);
      return true;
    } catch (ClosedWatchServiceException e) {
      renew();
      return true;
    } catch (IOException e) {
      throw KernelFile.failure("watch the kernel log", file, e, "");
    }
  }

  private synchronized void renew() {
    watched.clear();
    if (!closed) {
      watcher = newWatcher();
    }
  }

  /** A WatchService can only be woken up by closing it. */
  @Override
  public synchronized void wakeUp() {
    try {
      watcher.close();
    } catch (IOException e) {
      throw KernelFile.failure("watch the kernel log", Path.of("."), e, "");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    wakeUp();
  }
}
