package io.github.oom4j.cgroup.internal.events;

import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.KernelFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Files opened by Java, whose directories are watched by inotify(7). Has no pressure triggers. */
final class DirectoryEvents implements FileEvents {

  private final String why;

  /** Says why there is nothing better. */
  DirectoryEvents(String why) {
    this.why = why;
  }

  @Override
  public EventFile open(Path path, String takes) {
    try {
      return new File(path, new RandomAccessFile(path.toFile(), "r"));
    } catch (FileNotFoundException e) {
      IOException typed =
          Files.notExists(path)
              ? new NoSuchFileException(path.toString())
              : Files.isReadable(path) ? e : new AccessDeniedException(path.toString());
      throw KernelFile.failure("watch " + path.getFileName(), path, typed, takes);
    }
  }

  @Override
  public EventFile openTrigger(Path path, String trigger) {
    throw new UnsupportedKernelException(
        "could not arm the trigger '"
            + trigger
            + "' on "
            + path
            + ": that takes poll(2), and JNA could not load its native library ("
            + why
            + "); it needs jna and jna-platform on the class or module path, glibc, and a temporary"
            + " directory that is not mounted noexec (or -Djna.tmpdir=..)");
  }

  @Override
  public Poller newPoller() {
    return DirectoryPoller.open();
  }

  /** Held open: inotify tells of a kernfs file only while its inode is in memory. */
  static final class File implements EventFile {

    private final Path path;
    private final RandomAccessFile file;

    private File(Path path, RandomAccessFile file) {
      this.path = path;
      this.file = file;
    }

    Path directory() {
      return path.resolveSibling(".");
    }

    @Override
    public Optional<byte[]> read() {
      byte[] text = new byte[4096];
      try {
        file.seek(0);
        int n = file.read(text);
        return Optional.of(Arrays.copyOf(text, Math.max(0, n)));
      } catch (IOException e) {
        // A kernfs file that is open fails in one way only: ENODEV, its cgroup was removed.
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException e) {
        // Nothing was buffered, and the descriptor is gone all the same.
      }
    }
  }
}
