package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.kmsg.internal.Journalctl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The kernel's log as systemd-journald keeps it: for users who may read the journal (root, and the
 * groups {@code systemd-journal} and {@code adm}) and not {@code /dev/kmsg}. It remembers the whole
 * boot, where the kernel's own buffer is overwritten. Read through {@code journalctl -k -o json}.
 *
 * <p>Events are {@link OomKillEvent#trusted()} as far as journald is: it takes kernel messages from
 * {@code /dev/kmsg} alone, marks them with fields that no client can set ({@code
 * _TRANSPORT=kernel}, and facility 0, which user space can't write), and keeps them in files that
 * only root may write. What journald lost because it was too slow is missing without a mark, and
 * {@link OomKillEvent#sequence()} is empty. {@link OomKillEvent#wallClock()} is when journald took
 * the kill line.
 *
 * <p>Immutable and thread-safe. A handle holds nothing open.
 */
public final class KernelJournal {

  static final KernelJournal SYSTEM = new KernelJournal();

  private KernelJournal() {}

  /**
   * The kills that the journal holds of this boot, oldest first. Reads all of it now, and leaves
   * nothing open.
   *
   * @return the kills
   * @throws io.github.oom4j.DeniedException if this user may not read the system's journal; the
   *     message names the group
   * @throws io.github.oom4j.UnsupportedKernelException if there is no journal here
   * @throws io.github.oom4j.KernelIoException if journalctl fails otherwise
   */
  public Stream<OomKillEvent> kills() {
    return OomKillParser.kills(events());
  }

  /**
   * All that the OOM killer said and the journal holds of this boot, oldest first: kills, OOMs that
   * ended without one, what became of victims' memory, suppressed reports. Otherwise as {@link
   * #kills()}.
   *
   * @return the events
   * @throws io.github.oom4j.OomException as {@link #kills()}
   */
  public Stream<OomLogEvent> events() {
    List<OomLogEvent> events = new ArrayList<>();
    ReportReader reports = new ReportReader();
    try (Journalctl journal = Journalctl.backlog()) {
      for (Optional<String> entry = journal.read(-1); entry.isPresent(); entry = journal.read(-1)) {
        accept(entry.get(), reports);
        events.addAll(reports.take());
      }
    }
    reports.flush();
    events.addAll(reports.take());
    return events.stream();
  }

  /**
   * Follows the journal: calls the listener for every kill from now on, in order, on one daemon
   * thread named {@code oom4j-journal}, which sleeps while the journal is silent. When this
   * returns, the watch has begun: no later kill is missed.
   *
   * @param listener is called for every kill; an exception of it is logged at DEBUG and does not
   *     end the watch
   * @return the watch; close it to stop, which also ends the journalctl behind it
   * @throws io.github.oom4j.DeniedException if this user may not read the system's journal; the
   *     message names the group
   * @throws io.github.oom4j.UnsupportedKernelException if there is no journal here
   * @throws io.github.oom4j.KernelIoException if journalctl fails otherwise
   */
  public KernelJournalWatch watch(Consumer<? super OomKillEvent> listener) {
    return KernelJournalWatch.start(Journalctl.follow(), listener);
  }

  /** Hands an entry over if it is the kernel's. */
  static void accept(String json, ReportReader reports) {
    if (reports.isIdle()
        && !json.contains("oom")
        && !json.contains("memory")
        && !json.contains("Killed")
        && !json.contains("[")) {
      return;
    }
    JsonObjects objects = new JsonObjects(fields -> accept(fields, reports), line -> {});
    objects.accept(json);
  }

  private static void accept(Map<String, String> fields, ReportReader reports) {
    if ("kernel".equals(fields.get("_TRANSPORT")) && "0".equals(fields.get("SYSLOG_FACILITY"))) {
      JournalEntry entry = JournalEntry.of(fields);
      reports.accept(entry.line(true));
    }
  }
}
