package io.github.oom4j.cgroup;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.cgroup.internal.Patience;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A write that may block in the kernel. A limit set below what the cgroup uses reclaims, and kills,
 * before write(2) returns; only a signal cuts that short (memory_max_write of mm/memcontrol.c), and
 * a thread of this JVM can't be given one. So a shell writes, which can be killed. The limit holds
 * from the first moment.
 */
final class PatientWrite {

  private static final String SCRIPT = "printf %s \"$1\" >\"$2\"";

  private static final Duration TO_START = Duration.ofSeconds(10);

  private PatientWrite() {}

  /**
   * Writes. Does not heed interrupts.
   *
   * @param patience how long to wait for the kernel; the shell gets the time to start besides
   * @param begun whether the kernel has taken the value
   * @return whether the kernel was done within that time; if not, it was told to leave it at that
   */
  static boolean write(Path file, String value, Duration patience, BooleanSupplier begun) {
    String tried = "write " + value + " to " + file.getFileName();
    if (!Files.isWritable(file)) {
      throw KernelFile.failure(tried, file, new AccessDeniedException(file.toString()), "");
    }
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", SCRIPT, "oom4j-write", value, file.toString());
    builder.redirectOutput(Redirect.DISCARD);
    try {
      Process shell = builder.start();
      shell.getOutputStream().close();
      Patience.awaitExit(shell, TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
      long end = System.nanoTime() + TO_START.toNanos();
      while (shell.isAlive() && !begun.getAsBoolean() && System.nanoTime() < end) {
        Patience.awaitExit(shell, 1, TimeUnit.MILLISECONDS);
      }
      if (shell.isAlive()) {
        shell.destroyForcibly();
        return false;
      }
      String said = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      if (shell.exitValue() != 0) {
        throw new KernelIoException("could not " + tried + ": " + file + ": " + said.strip());
      }
      return true;
    } catch (IOException e) {
      throw KernelFile.failure(tried, file, e, "");
    }
  }
}
