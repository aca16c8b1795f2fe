package io.github.oom4j.cgroup.internal.events;

import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;

/** The way in which this process waits for kernel files. */
public interface FileEvents {

  /**
   * With poll(2), or without native code where JNA can't load. Decided at the first call.
   *
   * @return the one way of this JVM
   */
  static FileEvents here() {
    return Chosen.WAY;
  }

  /**
   * Opens a file that the kernel calls ready when its text changes.
   *
   * @param file such as {@code memory.events}
   * @param takes what it takes to have such a file, for the message if there is none
   * @return the file, not read yet, which counts as a change
   * @throws OomException if it can't be opened
   */
  EventFile open(Path file, String takes);

  /**
   * Opens a file of pressure stall information and writes a trigger to it
   * (Documentation/accounting/psi.rst).
   *
   * @param file such as {@code memory.pressure}
   * @param trigger such as {@code some 150000 2000000}
   * @return the file, which is ready each time the trigger fires
   * @throws UnsupportedKernelException if this kernel, or this way, can't do that
   * @throws OomException if it can't be opened, or the kernel refuses the trigger
   */
  EventFile openTrigger(Path file, String trigger);

  /**
   * A poller for files of this way.
   *
   * @return a new one
   * @throws OomException if the process has no descriptor left
   */
  Poller newPoller();

  /** Loaded when first needed. */
  final class Chosen {

    private static final FileEvents WAY = choose();

    private Chosen() {}

    private static FileEvents choose() {
      try {
        LibC.load();
        return new PollEvents();
      } catch (LinkageError e) {
        return new DirectoryEvents(e.toString());
      }
    }
  }
}
