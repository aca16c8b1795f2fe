package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.OomException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/**
 * The most memory that a box used since this meter was made, or last reset: {@code memory.peak} of
 * kernel 6.12 and later, where a write resets it for one open file. {@link ScopeResult#peak()} is
 * not affected. Use one meter of a box at a time: a reset, and thus a new meter, makes the kernel
 * (seen on 7.2) forget what others of the same box had measured. Thread-safe; holds one file
 * descriptor until it is closed.
 *
 * <pre>{@code
 * try (PeakMeter meter = job.measurePeak()) {
 *   sendRequest();
 *   System.out.println("the request took the box to " + meter.peak());
 * }
 * }</pre>
 */
public final class PeakMeter implements AutoCloseable {

  private final Path path;
  private final RandomAccessFile file;

  private PeakMeter(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  static PeakMeter of(Path box) {
    Path path = Knob.PEAK.in(box);
    RandomAccessFile file;
    try {
      // Root may open it for writing also where the kernel does not take writes.
      if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_WRITE)) {
        throw Knob.PEAK.unsupported(path + " is read-only");
      }
      if (!Files.isWritable(path)) {
        throw new AccessDeniedException(path.toString());
      }
      // A FileChannel closes itself when a thread that uses it is interrupted. This opens with
      // O_CREAT too, which means nothing as the file exists.
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      throw KernelFile.failure("open memory.peak", path, e, "");
    }
    PeakMeter meter = new PeakMeter(path, file);
    try {
      meter.reset();
      return meter;
    } catch (OomException e) {
      meter.close();
      throw e;
    }
  }

  /**
   * The most memory that the box used since the meter was made or last reset.
   *
   * @return at least what it uses now
   * @throws OomException if the box is gone, or the meter is closed
   */
  public synchronized ByteSize peak() {
    byte[] digits = new byte[32];
    String text;
    try {
      file.seek(0);
      int length = file.read(digits);
      text = new String(digits, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw KernelFile.failure("read memory.peak", path, e, "");
    }
    try {
      return ByteSize.bytes(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new KernelFormatException(path + ", line 1: expected a number", e);
    }
  }

  /**
   * Starts to measure anew, from what the box uses now.
   *
   * @throws DeniedException if this process may not write to it
   * @throws OomException if the box is gone, or the meter is closed
   */
  public synchronized void reset() {
    try {
      file.seek(0);
      // Any text will do (Documentation/admin-guide/cgroup-v2.rst).
      file.write("reset\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw KernelFile.failure("reset memory.peak", path, e, "");
    }
  }

  /** Closes the file. Idempotent. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      // Nothing was buffered, and the descriptor is gone all the same.
    }
  }

  /** The file it reads. */
  @Override
  public String toString() {
    return "PeakMeter[" + path + "]";
  }
}
