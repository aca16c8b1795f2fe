package io.github.oom4j.junit;

import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/** Assertions on the kernel's record of a kill. Made by {@link OomAssertions}. */
public final class OomKillEventAssert extends AbstractAssert<OomKillEventAssert, OomKillEvent> {

  OomKillEventAssert(OomKillEvent actual) {
    super(actual, OomKillEventAssert.class);
  }

  /**
   * The victim's command name is that one.
   *
   * @param comm the name, at most 15 bytes, as {@code /proc/PID/comm} has it
   * @return this
   */
  public OomKillEventAssert hasVictimNamed(String comm) {
    return check(actual.victim().comm().equals(comm), "a victim named '" + comm + "'");
  }

  /**
   * The victim's PID in the initial PID namespace is that one.
   *
   * @param pid the PID
   * @return this
   */
  public OomKillEventAssert hasVictimPid(long pid) {
    return check(actual.victim().pid() == pid, "a victim with pid " + pid);
  }

  /**
   * The constraint of the allocation that failed is that one.
   *
   * @param constraint such as {@link OomConstraint#MEMCG} for a memory cgroup's limit
   * @return this
   */
  public OomKillEventAssert hasConstraint(OomConstraint constraint) {
    return check(
        actual.constraint().equals(Optional.of(constraint)), "the constraint " + constraint);
  }

  /**
   * The limit that was hit is that of a cgroup whose path ends so.
   *
   * @param path the end of the path, from some component on
   * @return this
   */
  public OomKillEventAssert hasOomCgroupEndingWith(String path) {
    return check(
        actual.oomCgroup().filter(cgroup -> cgroup.endsWith(path)).isPresent(),
        "the limit of a cgroup whose path ends with '" + path + "'");
  }

  /**
   * The victim died as one of a group ({@code memory.oom.group}).
   *
   * @return this
   */
  public OomKillEventAssert isGroupKill() {
    return check(actual.groupKill(), "a kill of a group");
  }

  private OomKillEventAssert check(boolean holds, String expected) {
    isNotNull();
    if (!holds) {
      failWithMessage(
          "%s",
          "Expected "
              + expected
              + ", but:\n  kernel   "
              + actual.killLine()
              + "\n  means    "
              + actual.explain());
    }
    return this;
  }
}
