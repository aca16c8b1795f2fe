package io.github.oom4j.kmsg;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.KernelFile;
import io.github.oom4j.kmsg.internal.KmsgDevice;
import io.github.oom4j.kmsg.internal.RecordFile;
import io.github.oom4j.kmsg.internal.RecordSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The kernel's log: what it still remembers, what it says from now on, and what was saved of it.
 *
 * <pre>{@code
 * try (KernelLogWatch watch = KernelLog.follow(kill -> log.warn(kill.explain()))) {
 *   ...
 * }
 * KernelLog.system().kills().forEach(kill -> System.out.println(kill.explain()));
 * try (Stream<OomKillEvent> old = KernelLog.parse(Path.of("/var/log/kern.log"))) {
 *   System.out.println(old.count() + " kills");
 * }
 * }</pre>
 *
 * <p>Reading {@code /dev/kmsg} takes root or CAP_SYSLOG where {@code kernel.dmesg_restrict} is set,
 * and Linux 3.5 or later. Every reader has a position of its own: nothing is taken away from
 * others. Saved logs can be read on any operating system.
 *
 * <p>Thread-safe. A handle holds nothing open but for the watches that it has started.
 */
public final class KernelLog {

  private static final Path DEVICE = Path.of("/dev/kmsg");
  private static final KernelLog SYSTEM = new KernelLog(DEVICE);

  /** The largest record has 8192 bytes. */
  static final int LARGEST_RECORD = 16_384;

  private final Path path;
  private final LogReader deviceReader = new LogReader();
  private final LogReader fileReader = new LogReader();

  private KernelLog(Path path) {
    this.path = path;
  }

  /**
   * The log of the running kernel, {@code /dev/kmsg}.
   *
   * @return the handle; nothing is opened yet
   */
  public static KernelLog system() {
    return SYSTEM;
  }

  /**
   * A log elsewhere, read as if it were {@code /dev/kmsg}: the device under another name, or, for
   * tests, a regular file of raw records, one a line, to which the test appends. Of a directory,
   * the file {@code dev/kmsg} or else {@code kmsg} in it.
   *
   * @param path the device, file or directory
   * @return the handle; nothing is opened yet
   */
  public static KernelLog at(Path path) {
    return new KernelLog(path);
  }

  /**
   * The log as the systemd journal keeps it, for users who may read that and not {@code /dev/kmsg}.
   *
   * @return the handle; nothing is started yet
   */
  public static KernelJournal journal() {
    return KernelJournal.SYSTEM;
  }

  /**
   * The kills that the log still holds, oldest first. Reads all of it now, never waits, and leaves
   * nothing open. Their wall clock times are {@link WallClockAccuracy#ESTIMATED}.
   *
   * @return the kills
   * @throws io.github.oom4j.DeniedException if this process may not read the log; the message says
   *     what to grant
   * @throws UnsupportedKernelException if there is no such log here, or no native access to it
   * @throws KernelIoException if reading fails otherwise
   */
  public Stream<OomKillEvent> kills() {
    return OomKillParser.kills(events());
  }

  /**
   * All that the OOM killer said and the log still holds, oldest first: kills, OOMs that ended
   * without one, what became of victims' memory, suppressed reports. Otherwise as {@link #kills()}.
   *
   * @return the events
   * @throws io.github.oom4j.OomException as {@link #kills()}
   */
  public Stream<OomLogEvent> events() {
    List<OomLogEvent> events = new ArrayList<>();
    try (RecordSource source = open(false)) {
      Optional<PrintkClock> clock = PrintkClock.of(source);
      OomKillParser parser = new OomKillParser();
      byte[] buffer = new byte[LARGEST_RECORD];
      for (int n = source.read(buffer); n != RecordSource.DRAINED; n = source.read(buffer)) {
        if (n != RecordSource.LOST && !parser.ignores(buffer, 0, n)) {
          long micros = RawRecord.micros(buffer, 0, n);
          events.addAll(parser.events(buffer, 0, n, clock.map(known -> known.estimate(micros))));
        }
      }
      events.addAll(parser.flushEvents());
    }
    return events.stream();
  }

  /**
   * Follows the log of the running kernel from now on: {@code system().watch(listener)}.
   *
   * @param listener is called for every kill from now on
   * @return the watch; close it to stop
   * @throws io.github.oom4j.OomException as {@link #watch(KernelLogStart, KernelLogListener)}
   */
  public static KernelLogWatch follow(Consumer<? super OomKillEvent> listener) {
    return SYSTEM.watch(listener);
  }

  /**
   * Follows this log from now on: {@code watch(KernelLogStart.now(), listener::accept)}.
   *
   * @param listener is called for every kill; keep it short, or hand over to a thread of yours
   * @return the watch; close it to stop
   * @throws io.github.oom4j.OomException as {@link #watch(KernelLogStart, KernelLogListener)}
   */
  public KernelLogWatch watch(Consumer<? super OomKillEvent> listener) {
    return watch(KernelLogStart.now(), listener::accept);
  }

  /**
   * Follows this log: tells the listener every kill from a start on, in order, on one daemon thread
   * named {@code oom4j-kmsg}, which all watches of this handle share. When this returns, the watch
   * has begun: what is written later is told, or counted as lost.
   *
   * <p>A kill is told when it is known whether it began the kill of a whole group, at most about 50
   * ms after it was logged.
   *
   * @param start where to begin
   * @param listener is called for every kill, and for what was lost; keep it short, or hand over to
   *     a thread of yours
   * @return the watch; close it to stop
   * @throws io.github.oom4j.DeniedException if this process may not read the log; the message says
   *     what to grant
   * @throws UnsupportedKernelException if there is no such log here, or no native access to it; or
   *     if this is not the running kernel's log, and the start is a time
   * @throws KernelIoException if opening fails otherwise
   */
  public KernelLogWatch watch(KernelLogStart start, KernelLogListener listener) {
    RecordSource source = open(true);
    try {
      LogReader reader = source instanceof KmsgDevice ? deviceReader : fileReader;
      return KernelLogWatch.start(reader, new Subscription(source, start, listener));
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /**
   * The kills in a saved log, in the order of the file, read as the stream is consumed. The format
   * is found out from the lines, and may change from line to line: dmesg with any time format, with
   * levels ({@code -x}), raw ({@code -r}) or JSON, syslog, {@code journalctl -k}, raw records of
   * {@code /dev/kmsg}, logs of container runtimes; and as people paste them: quoted, wrapped, in
   * tables or HTML, in colours. gzip, zstd (which takes libzstd.so.1 or the zstd command) and
   * UTF-16 are told by the first bytes. What is not about an OOM is skipped; a file without any
   * kill, or of another kind, is an empty stream.
   *
   * <p>Times: {@link OomKillEvent#wallClock()} is filled only where the line states date, time and
   * zone. dmesg -T and traditional syslog don't: their time is local time of an unknown place.
   *
   * <p>A regular file of 4 MiB or more is not read line by line but scanned for words that lines
   * about an OOM hold; the kills are the same. While the stream is consumed, that happens in the
   * consuming thread and, where there are more processors, in the common pool ({@link
   * java.util.concurrent.ForkJoinPool#commonPool()}), a few MiB ahead. Memory does not grow with
   * the file. A file that is truncated meanwhile, as rotation may do, ends where it ends then; of
   * one that grows, what was there when its end was reached is read. Such a file is closed by the
   * interruption of the consuming thread, which ends the stream with a {@link KernelIoException}.
   *
   * @param path the file
   * @return the kills; close the stream to close the file early, which its end does by itself.
   *     While reading, it may throw {@link KernelIoException}, {@link
   *     io.github.oom4j.KernelFormatException} if the file is compressed by something else, and
   *     {@link UnsupportedKernelException} if it takes zstd and there is none
   * @throws io.github.oom4j.DeniedException if this process may not read the file
   * @throws KernelIoException if there is no such file, or it can't be opened otherwise
   */
  public static Stream<OomKillEvent> parse(Path path) {
    return OomKillParser.kills(parseEvents(path));
  }

  /**
   * The kills in a saved log that comes in as a stream, such as standard input; otherwise as {@link
   * #parse(Path)}.
   *
   * @param in the log, UTF-8 as far as it is text; closed with the stream and at its end
   * @return the kills
   */
  public static Stream<OomKillEvent> parse(InputStream in) {
    return OomKillParser.kills(parseEvents(in));
  }

  /**
   * All that the OOM killer said in a saved log; otherwise as {@link #parse(Path)}. An OOM report
   * that the log does not hold to its end is an {@link io.github.oom4j.OomEpisode} then.
   *
   * @param path the file
   * @return the events; close the stream to close the file early, which its end does by itself
   * @throws io.github.oom4j.OomException as {@link #parse(Path)}
   */
  public static Stream<OomLogEvent> parseEvents(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new KernelIoException(
            "could not read the kernel log: " + path + ": is a directory; name a file in it");
      }
      ScannedLog large = ScannedLog.open(path, ScannedLog.LARGE);
      if (large != null) {
        return stream(large, large, path.toString());
      }
      InputStream in = Files.newInputStream(path);
      return stream(new SavedLog(in, path.toString()), in, path.toString());
    } catch (NoSuchFileException e) {
      throw new KernelIoException("could not read the kernel log: no such file: " + path, e);
    } catch (IOException e) {
      throw KernelFile.failure(
          "read the kernel log", path, e, "name a saved kernel log that this user may read");
    }
  }

  /**
   * All that the OOM killer said in a saved log that comes in as a stream; otherwise as {@link
   * #parse(InputStream)}.
   *
   * @param in the log, UTF-8 as far as it is text; closed with the stream and at its end
   * @return the events
   */
  public static Stream<OomLogEvent> parseEvents(InputStream in) {
    return stream(new SavedLog(in, "the kernel log"), in, "the kernel log");
  }

  private static Stream<OomLogEvent> stream(
      Spliterator<OomLogEvent> events, Closeable log, String name) {
    return StreamSupport.stream(events, false)
        .onClose(
            () -> {
              try {
                log.close();
              } catch (IOException e) {
                throw new KernelIoException("could not close " + name + ": " + e.getMessage(), e);
              }
            });
  }

  private RecordSource open(boolean growing) {
    Path file = file();
    if (Files.isRegularFile(file)) {
      return RecordFile.open(file, growing);
    }
    if (!System.getProperty("os.name", "").equals("Linux")) {
      throw new UnsupportedKernelException(
          "could not read " + file + ": this is not Linux; parse a saved kernel log instead");
    }
    try {
      return KmsgDevice.open(file);
    } catch (LinkageError e) {
      throw new UnsupportedKernelException(
          "could not read "
              + file
              + ": JNA could not load its native library ("
              + e
              + "); it needs jna and jna-platform on the class or module path, glibc, and a temporary"
              + " directory that is not mounted noexec (or -Djna.tmpdir=..); otherwise parse the"
              + " output of dmesg",
          e);
    }
  }

  private Path file() {
    if (!Files.isDirectory(path)) {
      return path;
    }
    Path device = path.resolve("dev/kmsg");
    Path file = path.resolve("kmsg");
    if (!Files.exists(device) && !Files.exists(file)) {
      throw KernelFile.failure(
          "read the kernel log",
          path,
          new NoSuchFileException(path.toString()),
          "the directory holds neither dev/kmsg nor kmsg");
    }
    return Files.exists(device) ? device : file;
  }
}
