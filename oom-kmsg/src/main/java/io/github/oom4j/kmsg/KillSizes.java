package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent.Victim;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that end a kill line: {@code total-vm:<n>kB, anon-rss:<n>kB, file-rss:<n>kB[,
 * shmem-rss:<n>kB][, UID:<n>][ pgtables:<n>kB][ oom_score_adj:<n>]}. Sizes are in KiB, -1 where
 * absent.
 *
 * @param cut whether the line ends before its grammar does
 */
record KillSizes(
    long totalVm,
    long anon,
    long file,
    long shmem,
    OptionalLong uid,
    long pgtables,
    OptionalInt adj,
    boolean cut) {

  /** 2.6.32 printed none. */
  static final KillSizes NONE =
      new KillSizes(-1, -1, -1, -1, OptionalLong.empty(), -1, OptionalInt.empty(), false);

  private static final List<String> KEYS =
      List.of(
          ", anon-rss:", ", file-rss:", ", shmem-rss:", ", UID:", " pgtables:", " oom_score_adj:");

  /**
   * Reads them up to the end of the line.
   *
   * @param uidBefore the uid, where a vendor's kernel prints it before the sizes
   * @param fromText whether a line that was cut off is accepted
   */
  static @Nullable KillSizes parse(Cursor line, OptionalLong uidBefore, boolean fromText) {
    long totalVm = line.kibibytes("total-vm:");
    if (totalVm < 0) {
      totalVm = line.kibibytes("vsz:");
    }
    if (totalVm < 0) {
      return null;
    }
    long anon = line.kibibytes(", anon-rss:");
    long file = anon < 0 ? -1 : line.kibibytes(", file-rss:");
    long shmem = file < 0 ? -1 : line.kibibytes(", shmem-rss:");
    OptionalLong uid = file < 0 || uidBefore.isPresent() ? uidBefore : uid(line);
    long pgtables = file < 0 ? -1 : line.kibibytes(" pgtables:");
    OptionalInt adj = file < 0 ? OptionalInt.empty() : adj(line);
    boolean complete = file >= 0 && line.atEnd();
    return complete || (fromText && isCut(line.rest()))
        ? new KillSizes(totalVm, anon, file, shmem, uid, pgtables, adj, !complete)
        : null;
  }

  private static OptionalLong uid(Cursor line) {
    int from = line.position();
    if (line.skip(", UID:")) {
      long uid = line.number();
      if (uid >= 0) {
        return OptionalLong.of(uid);
      }
      line.backTo(from);
    }
    return OptionalLong.empty();
  }

  private static OptionalInt adj(Cursor line) {
    int from = line.position();
    if (line.skip(" oom_score_adj:")) {
      long adj = line.signedOrNone();
      if (adj >= -1000 && adj <= 1000) {
        return OptionalInt.of((int) adj);
      }
      line.backTo(from);
    }
    return OptionalInt.empty();
  }

  /** Pagers put the line's last character behind the part that they show. */
  private static boolean isCut(String rest) {
    String shown = rest.length() > 1 ? rest.substring(0, rest.length() - 1) : rest;
    return KEYS.stream().anyMatch(key -> rest.startsWith(key) || key.startsWith(shown));
  }

  Victim victim(int pid, String comm) {
    return new Victim(
        pid,
        comm,
        Cursor.size(totalVm),
        Cursor.size(anon),
        Cursor.size(file),
        Cursor.size(shmem),
        uid,
        Cursor.size(pgtables),
        adj,
        OptionalLong.empty());
  }
}
