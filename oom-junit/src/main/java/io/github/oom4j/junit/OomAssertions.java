package io.github.oom4j.junit;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.cgroup.ScopeResult;

/**
 * AssertJ assertions on how commands in boxes ended and on the kernel's records of kills. Every
 * failure message quotes the evidence. Needs AssertJ on the path; imported statically, they stand
 * beside AssertJ's own.
 *
 * <pre>{@code
 * assertThat(box.start("tail", "/dev/zero").waitFor()).wasOomKilled().byItsOwnLimit();
 * assertThat(box.start("sort", "in").waitFor()).survived().peakedBelow(mebibytes(50));
 * }</pre>
 */
public final class OomAssertions {

  private OomAssertions() {}

  /**
   * Asserts on how a command in a box ended.
   *
   * @param actual the result
   * @return assertions on it
   */
  public static ScopeResultAssert assertThat(ScopeResult actual) {
    return new ScopeResultAssert(actual);
  }

  /**
   * Asserts on a kill by the kernel's OOM killer.
   *
   * @param actual the kernel's record of it
   * @return assertions on it
   */
  public static OomKillEventAssert assertThat(OomKillEvent actual) {
    return new OomKillEventAssert(actual);
  }
}
