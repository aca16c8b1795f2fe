package io.github.oom4j;

import java.util.Optional;

/**
 * The memory of one process, as {@code /proc/PID/status} (proc_pid_status(5)) tells it.
 *
 * @param rss {@code VmRSS}: what is resident, of every kind
 * @param anonRss {@code RssAnon}: resident anonymous memory; empty before 4.5
 * @param fileRss {@code RssFile}: resident pages of mapped files; empty before 4.5
 * @param shmemRss {@code RssShmem}: resident shared memory, tmpfs included; empty before 4.5
 * @param swap {@code VmSwap}: what is swapped out, shared memory not included
 * @param pgtables {@code VmPTE}: its page tables
 */
public record ProcessMemory(
    ByteSize rss,
    Optional<ByteSize> anonRss,
    Optional<ByteSize> fileRss,
    Optional<ByteSize> shmemRss,
    ByteSize swap,
    ByteSize pgtables) {

  /**
   * What killing the process gives back for sure: its anonymous memory and what it swapped out.
   * File pages can be dropped without a kill, and shared memory stays while somebody else, or a
   * tmpfs, holds it.
   *
   * @return {@code anonRss} and {@code swap}; empty before 4.5
   */
  public Optional<ByteSize> freedByKill() {
    return anonRss.map(swap::plus);
  }
}
