package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.OomReaped;
import io.github.oom4j.OomSuppressed;
import java.util.Optional;

/**
 * Lines beside a report: {@code oom_reaper: ..} from the kernel's thread of that name, and {@code
 * oom_kill_process: <n> callbacks suppressed}.
 */
final class NoticeLine {

  static final String REAPER = "oom_reaper: ";
  static final String SUPPRESSED = "oom_kill_process: ";
  private static final String SUFFIX = "), now anon-rss:";

  private NoticeLine() {}

  static Optional<OomLogEvent> parse(LogLine line) {
    String text = line.fromText() ? line.text().strip() : line.text();
    if (text.startsWith(SUPPRESSED)) {
      return suppressed(line, new Cursor(text, SUPPRESSED.length()));
    }
    return text.startsWith(REAPER) ? reaper(line, text) : Optional.empty();
  }

  private static Optional<OomLogEvent> suppressed(LogLine line, Cursor cursor) {
    long reports = cursor.number();
    return reports > 0 && cursor.skip(" callbacks suppressed") && cursor.atEnd()
        ? Optional.of(
            new OomSuppressed(
                line.sequence(), line.sinceBoot(), line.wallClock(), reports, line.trusted()))
        : Optional.empty();
  }

  private static Optional<OomLogEvent> reaper(LogLine line, String text) {
    Cursor cursor = new Cursor(text, REAPER.length());
    if (cursor.skip("unable to reap pid:")) {
      int pid = cursor.smallNumber();
      int end = text.length() - 1;
      return pid > 0 && cursor.skip(" (") && text.endsWith(")") && end >= cursor.position()
          ? event(line, pid, text.substring(cursor.position(), end), false, -1, -1, -1)
          : Optional.empty();
    }
    int pid = cursor.skip("reaped process ") ? cursor.smallNumber() : -1;
    int nameEnd = text.lastIndexOf(SUFFIX);
    if (pid <= 0 || !cursor.skip(" (") || nameEnd < cursor.position()) {
      return Optional.empty();
    }
    String comm = text.substring(cursor.position(), nameEnd);
    Cursor sizes = new Cursor(text, nameEnd + SUFFIX.length());
    long anon = sizes.kibibytes();
    long file = sizes.kibibytes(", file-rss:");
    long shmem = sizes.kibibytes(", shmem-rss:");
    if (shmem < 0 && sizes.skip(", shmem-rss:")) { // 4.6 and 4.7 print it without a unit's k
      shmem = sizes.number();
      sizes.skip("KB");
    }
    return anon >= 0 && file >= 0 && sizes.atEnd()
        ? event(line, pid, comm, true, anon, file, shmem)
        : Optional.empty();
  }

  private static Optional<OomLogEvent> event(
      LogLine line, int pid, String comm, boolean reaped, long anon, long file, long shmem) {
    if (!Comm.isPossible(comm)) {
      return Optional.empty();
    }
    Optional<ByteSize> anonRss = Cursor.size(anon);
    return Optional.of(
        new OomReaped(
            line.sequence(),
            line.sinceBoot(),
            line.wallClock(),
            pid,
            comm,
            reaped,
            anonRss,
            Cursor.size(file),
            Cursor.size(shmem),
            line.trusted()));
  }
}
