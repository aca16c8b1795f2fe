package io.github.oom4j.kmsg;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomLogEvent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Spliterators;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that the OOM killer said in a large log file, found by looking for {@link OomWords} instead
 * of at every line; else as {@link SavedLog} finds them.
 */
final class ScannedLog extends Spliterators.AbstractSpliterator<OomLogEvent> implements Closeable {

  /** Below this, looking at every line takes no longer. */
  static final long LARGE = 4 << 20;

  private static final int HEAD = 1 << 16;

  private final LogFile file;
  private final ReadAhead chunks;
  private final Queue<OomLogEvent> found = new ArrayDeque<>();
  private ScannedLines reader;
  private @Nullable LogChunk chunk;
  private boolean passedHeader;
  private boolean ended;

  private ScannedLog(LogFile file) {
    super(Long.MAX_VALUE, ORDERED | NONNULL);
    this.file = file;
    this.chunks = new ReadAhead(file);
    this.reader = new ScannedLines(file, 0);
  }

  /**
   * Opens a file that can be read so: a regular one of at least {@code large} bytes that begins
   * with plain text. Where colours or an encoding stand between the letters, or the file is
   * compressed, words are not whole; and the fields of JSON and of the journal belong together,
   * whatever is in them.
   *
   * @return the kills, or null if it is another kind of file
   * @throws IOException if the file can't be opened
   */
  static @Nullable ScannedLog open(Path path, long large) throws IOException {
    if (!Files.isRegularFile(path)) {
      return null;
    }
    LogFile file = LogFile.open(path);
    try {
      if (file.size() >= large && beginsWithText(file)) {
        return new ScannedLog(file);
      }
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
    file.close();
    return null;
  }

  private static boolean beginsWithText(LogFile file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    file.read(head, 0);
    int line = 0;
    for (int i = 0; i < head.position(); i++) {
      byte c = head.get(i);
      if (c == '\n') {
        if (OomLines.beginsStructured(head.array(), line, i)) {
          return false;
        }
        line = i + 1;
      } else if (c >= 0 && c < ' ' && c != '\r' && c != '\t') {
        return false;
      }
    }
    return !OomLines.beginsStructured(head.array(), line, head.position());
  }

  @Override
  public boolean tryAdvance(Consumer<? super OomLogEvent> action) {
    try {
      while (found.isEmpty() && !ended) {
        advance();
      }
    } catch (IOException e) {
      throw new KernelIoException("could not read on in " + file + ": " + e.getMessage(), e);
    }
    OomLogEvent next = found.poll();
    if (next == null) {
      return false;
    }
    action.accept(next);
    return true;
  }

  private void advance() throws IOException {
    LogChunk now = chunk;
    if (now == null) {
      now = chunks.next();
      chunk = now;
      passedHeader = false;
    }
    if (passedHeader) {
      now.readToEnd(reader);
    } else {
      now.readUpToHeader(reader);
    }
    take();
    if (!found.isEmpty()) {
      return;
    }
    if (!passedHeader && now.hasHeader()) {
      ScannedLines next = now.atHeader(reader);
      take();
      reader = next;
      take();
      passedHeader = true;
    } else if (now.isLast()) {
      reader.end();
      take();
      close();
    } else {
      chunk = null;
    }
  }

  private void take() {
    found.addAll(reader.found());
    reader.found().clear();
  }

  @Override
  public void close() throws IOException {
    ended = true;
    chunks.close();
    file.close();
  }
}
