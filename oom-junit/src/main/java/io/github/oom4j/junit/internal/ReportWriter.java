package io.github.oom4j.junit.internal;

import io.github.oom4j.junit.internal.ForkReport.Status;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** Tells the JVM outside how it goes, each thing as soon as it is known. Thread-safe. */
final class ReportWriter implements AutoCloseable {

  static final byte START = 1;
  static final byte ENTRY = 2;
  static final byte OUTCOME = 3;
  static final byte ENDING = 4;

  private static final int LARGEST = 4 << 20;

  private final OutputStream file;
  private final byte[] outOfMemory;

  ReportWriter(OutputStream file) {
    this.file = file;
    this.outOfMemory = record(OUTCOME, out -> outcome(out, Status.OUT_OF_MEMORY_ERROR, false));
  }

  void start(long maxHeap, long outsideHeap) {
    write(
        START,
        out -> {
          out.writeLong(maxHeap);
          out.writeLong(outsideHeap);
        });
  }

  void entry(Map<String, String> entry) {
    write(ENTRY, out -> Text.write(out, entry));
  }

  void passed() {
    write(OUTCOME, out -> outcome(out, Status.PASSED, false));
  }

  /** Without need of memory: a JVM that has none left must still be able to say so. */
  synchronized void outOfMemory() throws IOException {
    file.write(outOfMemory);
  }

  void ended(Status status, Throwable failure) {
    write(
        OUTCOME,
        out -> {
          outcome(out, status, true);
          Text.write(out, serialized(failure));
          Text.write(out, serialized(copy(failure)));
        });
  }

  /** Also of one whose own methods throw, or whose causes are too many. */
  private static Throwable copy(Throwable failure) {
    try {
      return FailureCopy.of(failure);
    } catch (RuntimeException | StackOverflowError e) {
      AssertionError copy =
          new AssertionError(failure.getClass().getName() + ", whose message can't be had");
      copy.setStackTrace(failure.getStackTrace());
      return copy;
    }
  }

  private static void outcome(DataOutputStream out, Status status, boolean thrown)
      throws IOException {
    out.writeUTF(status.name());
    out.writeBoolean(thrown);
  }

  void ending(StackTraceElement[] stack) {
    write(ENDING, out -> Text.write(out, serialized(stack)));
  }

  /** Nothing if it can't be, as it holds what can't, or is too large. */
  private static byte[] serialized(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return new byte[0];
    }
    return bytes.size() <= LARGEST ? bytes.toByteArray() : new byte[0];
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] record(byte kind, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(kind);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return bytes.toByteArray();
  }

  private synchronized void write(byte kind, Body body) {
    try {
      file.write(record(kind, body));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot report to the JVM outside the box", e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
