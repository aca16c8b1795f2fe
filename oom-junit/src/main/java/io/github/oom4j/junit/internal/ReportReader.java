package io.github.oom4j.junit.internal;

import io.github.oom4j.junit.internal.ForkReport.Outcome;
import io.github.oom4j.junit.internal.ForkReport.Start;
import io.github.oom4j.junit.internal.ForkReport.Status;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what {@link ReportWriter} wrote, as far as it came. */
public final class ReportReader {

  private final ClassLoader classes;
  private Optional<Start> start = Optional.empty();
  private final List<Map<String, String>> entries = new ArrayList<>();
  private Optional<Outcome> outcome = Optional.empty();
  private List<StackTraceElement> ending = List.of();

  private ReportReader(ClassLoader classes) {
    this.classes = classes;
  }

  /**
   * Reads all there is.
   *
   * @param file from its beginning
   * @param classes where the test's classes are, for its exceptions
   * @return the report; a record that was cut off is left out
   * @throws IOException if it can't be read
   */
  public static ForkReport read(InputStream file, ClassLoader classes) throws IOException {
    ReportReader reader = new ReportReader(classes);
    DataInputStream in = new DataInputStream(new BufferedInputStream(file));
    try {
      for (int kind = in.read(); kind >= 0; kind = in.read()) {
        reader.record((byte) kind, in);
      }
    } catch (EOFException e) {
      // Killed while it wrote.
    }
    return new ForkReport(reader.start, reader.entries, reader.outcome, reader.ending);
  }

  private void record(byte kind, DataInputStream in) throws IOException {
    switch (kind) {
      case ReportWriter.START -> start = Optional.of(new Start(in.readLong(), in.readLong()));
      case ReportWriter.ENTRY -> entries.add(Text.readMap(in));
      case ReportWriter.OUTCOME -> {
        Status status = Status.valueOf(in.readUTF());
        Optional<Throwable> failure = Optional.empty();
        if (in.readBoolean()) {
          Optional<Object> original = object(Text.readBytes(in));
          Optional<Object> copy = object(Text.readBytes(in));
          failure =
              original
                  .filter(Throwable.class::isInstance) // writeReplace may have made it anything
                  .or(() -> copy)
                  .map(Throwable.class::cast)
                  .or(() -> Optional.of(new AssertionError("the failure could not be read")));
        }
        outcome = Optional.of(new Outcome(status, failure));
      }
      case ReportWriter.ENDING ->
          ending =
              object(Text.readBytes(in))
                  .map(stack -> List.of((StackTraceElement[]) stack))
                  .orElse(List.of());
      default -> throw new IOException("not a report of a JVM in a box: record " + kind);
    }
  }

  /** Whatever a class does when it is read back, the copy serves as well. */
  @SuppressWarnings("BanSerializableRead") // written by the test's own code, run by this user
  private Optional<Object> object(byte[] bytes) {
    if (bytes.length == 0) {
      return Optional.empty();
    }
    try (ObjectInputStream in = new Loading(new ByteArrayInputStream(bytes))) {
      return Optional.of(in.readObject());
    } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }

  private final class Loading extends ObjectInputStream {

    Loading(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, classes);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }
}
