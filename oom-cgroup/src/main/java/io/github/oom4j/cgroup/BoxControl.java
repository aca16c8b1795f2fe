package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.cgroup.internal.Patience;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** What can be done to a box of cgroup v2 besides limiting and killing it. */
final class BoxControl {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path box;

  BoxControl(Path box) {
    this.box = box;
  }

  void freeze() {
    Knob.FREEZE.write(box, "1");
    if (!awaitFrozen(true)) {
      Knob.FREEZE.write(box, "0");
      throw new KernelIoException(
          ("could not freeze the box %s within %s s: a process in it does not leave the kernel;"
                  + " it was thawed again")
              .formatted(box, PATIENCE.toSeconds()));
    }
  }

  void thaw() {
    Knob.FREEZE.write(box, "0");
    if (!awaitFrozen(false)) {
      throw new KernelIoException(
          "could not thaw the box %s within %s s; a cgroup above it may be frozen"
              .formatted(box, PATIENCE.toSeconds()));
    }
  }

  /** The kernel freezes each task when it next leaves the kernel, and tells when all are. */
  private boolean awaitFrozen(boolean wanted) {
    return Patience.until(() -> isFrozen() == wanted, PATIENCE);
  }

  boolean isFrozen() {
    Knob.FREEZE.in(box);
    return CgroupFile.counters(box, "cgroup.events").get("frozen").orElse(0) == 1;
  }

  boolean reclaim(ByteSize size) {
    Path file = Knob.RECLAIM.in(box);
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] value = Long.toString(size.bytes()).getBytes(StandardCharsets.US_ASCII);
      // The JDK answers 0 for EAGAIN, by which the kernel says that it reclaimed less.
      return channel.write(ByteBuffer.wrap(value)) > 0;
    } catch (IOException e) {
      throw KernelFile.failure("reclaim " + size + " of the box", file, e, "");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
