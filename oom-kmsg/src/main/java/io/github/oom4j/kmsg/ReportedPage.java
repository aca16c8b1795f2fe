package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.OomKillEvent.Victim;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The page size of the machine that wrote a report, found in the report itself.
 *
 * @param size a power of two, 4 KiB or more
 * @param assumed whether nothing told it
 */
record ReportedPage(ByteSize size, boolean assumed) {

  private static final long SMALLEST_KIB = 4;
  private static final long LARGEST_KIB = 256;

  /** A counter's "no limit" is 2^63-1 bytes rounded down to pages, printed in KiB. */
  private static final long UNLIMITED_KIB = 1L << 53;

  /**
   * Finds it, the surest way first.
   *
   * @param smallestBlock the first entry of a free list
   * @param unlimited the page size that a usage line without a limit tells
   * @param dumpedVm {@code total_vm} of the victim in pages
   * @param victim whose kill line tells {@code total-vm} in KiB
   */
  static ReportedPage of(
      Optional<ByteSize> smallestBlock,
      Optional<ByteSize> unlimited,
      OptionalLong dumpedVm,
      Optional<Victim> victim) {
    if (smallestBlock.isPresent() && isPossible(smallestBlock.get())) {
      return new ReportedPage(smallestBlock.get(), false);
    }
    if (unlimited.isPresent()) {
      return new ReportedPage(unlimited.get(), false);
    }
    Optional<ByteSize> totalVm = victim.isPresent() ? victim.get().totalVm() : Optional.empty();
    Optional<ByteSize> told =
        totalVm.isPresent() ? ofVictim(totalVm.get(), dumpedVm) : Optional.empty();
    return told.isPresent()
        ? new ReportedPage(told.get(), false)
        : new ReportedPage(ByteSize.kibibytes(SMALLEST_KIB), true);
  }

  /** What a limit of that many KiB says, if it is none. */
  static Optional<ByteSize> ofLimit(long kibibytes) {
    long page = UNLIMITED_KIB - kibibytes;
    if (page < SMALLEST_KIB || page > LARGEST_KIB) {
      return Optional.empty();
    }
    ByteSize size = ByteSize.kibibytes(page);
    return isPossible(size) ? Optional.of(size) : Optional.empty();
  }

  /** Both numbers are of the same memory map, which may change a little in between. */
  private static Optional<ByteSize> ofVictim(ByteSize totalVm, OptionalLong pages) {
    if (pages.orElse(0) <= 0) {
      return Optional.empty();
    }
    double kibibytes = (double) totalVm.toKibibytes() / pages.getAsLong();
    for (long page = SMALLEST_KIB; page <= LARGEST_KIB; page *= 2) {
      if (Math.abs(kibibytes / page - 1) < 0.1) {
        return Optional.of(ByteSize.kibibytes(page));
      }
    }
    return Optional.empty();
  }

  private static boolean isPossible(ByteSize size) {
    return size.toKibibytes() >= SMALLEST_KIB
        && size.toKibibytes() <= LARGEST_KIB
        && Long.bitCount(size.bytes()) == 1;
  }
}
