package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.cgroup.ScopeResult;
import java.time.Duration;
import java.util.Optional;

/**
 * One run of the command under one limit, in the search for a {@link MemoryFloor}. Immutable.
 *
 * @param limit its {@code memory.max}
 * @param fate what became of it
 * @param result how it ended, with verdict and peak; empty if it was not launched. Where the search
 *     killed it, the verdict may be that of a SIGKILL
 * @param duration from the command's start in the box to its end
 * @param output the last it printed to standard output and error, two thousand characters at most;
 *     empty if that was redirected elsewhere. If it was not launched: why
 */
public record FloorProbe(
    ByteSize limit, Fate fate, Optional<ScopeResult> result, Duration duration, String output) {

  /** What became of a probe. */
  public enum Fate {
    /** It succeeded. */
    SUCCEEDED("succeeded"),
    /**
     * The kernel's OOM killer killed it, or another process of its box; the rest was then killed by
     * the search. A failure, whatever the command would have made of it.
     */
    OOM_KILLED("OOM-killed"),
    /** It ended, but not with success. */
    FAILED("failed"),
    /**
     * It ran for too long and was killed. That is a failure: near its floor, a command that lives
     * on the page cache can be slow without end, as the kernel drops what is needed next.
     */
    TIMED_OUT("timed out"),
    /** The limit is too small even for the launch. A failure. */
    NOT_LAUNCHED("not launched"),
    /**
     * It was OOM-killed for the limit of a cgroup above the box, or because the machine was out of
     * memory. That tells nothing about its own limit, and ends the search.
     */
    OTHER_LIMIT("OOM-killed for another limit"),
    /** The search's time was over, and it was killed. It tells nothing. */
    CUT_OFF("cut off");

    private final String words;

    Fate(String words) {
      this.words = words;
    }

    /**
     * Whether it tells that the limit is too small.
     *
     * @return true for all but {@link #SUCCEEDED}, {@link #OTHER_LIMIT} and {@link #CUT_OFF}
     */
    public boolean isFailure() {
      return this != SUCCEEDED && this != OTHER_LIMIT && this != CUT_OFF;
    }

    /** In words, such as {@code OOM-killed}. */
    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * The most memory it used.
   *
   * @return that of its result; empty if this kernel does not tell, or it was not launched
   */
  public Optional<ByteSize> peak() {
    return result.flatMap(ScopeResult::peak);
  }
}
