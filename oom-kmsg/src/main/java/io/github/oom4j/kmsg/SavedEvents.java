package io.github.oom4j.kmsg;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomLogEvent;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Spliterators;
import java.util.function.Consumer;

/**
 * All that the OOM killer said in a saved log, read as it is asked for. Every line goes through the
 * parser: what is not a kill may be anywhere. Memory does not grow with the file.
 */
final class SavedEvents extends Spliterators.AbstractSpliterator<OomLogEvent> {

  private final InputStream in;
  private final String name;
  private final OomKillParser parser = new OomKillParser();
  private final Deque<OomLogEvent> found = new ArrayDeque<>();
  private final byte[] line = new byte[SavedLog.LONGEST_LINE];
  private boolean ended;

  SavedEvents(InputStream in, String name) {
    super(Long.MAX_VALUE, ORDERED | NONNULL);
    this.in = new BufferedInputStream(in, 1 << 16);
    this.name = name;
  }

  @Override
  public boolean tryAdvance(Consumer<? super OomLogEvent> action) {
    try {
      while (found.isEmpty() && !ended) {
        readLine();
      }
    } catch (IOException e) {
      throw new KernelIoException("could not read on in " + name + ": " + e.getMessage(), e);
    }
    OomLogEvent next = found.poll();
    if (next == null) {
      return false;
    }
    action.accept(next);
    return true;
  }

  /** Reads a line; what is beyond the longest one is dropped. */
  private void readLine() throws IOException {
    int length = 0;
    int next = in.read();
    boolean any = next >= 0;
    while (next >= 0 && next != '\n') {
      if (length < line.length) {
        line[length++] = (byte) next;
      }
      next = in.read();
    }
    if (any) {
      int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
      found.addAll(parser.eventsOfLine(new String(line, 0, end, StandardCharsets.UTF_8)));
    }
    if (next < 0) {
      found.addAll(parser.end());
      ended = true;
      in.close();
    }
  }
}
