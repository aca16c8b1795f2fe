package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.LimitScope;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.cgroup.ScopeResult;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/** Assertions on how a command in a box ended. Made by {@link OomAssertions}. */
public final class ScopeResultAssert extends AbstractAssert<ScopeResultAssert, ScopeResult> {

  ScopeResultAssert(ScopeResult actual) {
    super(actual, ScopeResultAssert.class);
  }

  /**
   * The command ended by itself, with whatever exit value, and nothing in its box was OOM-killed.
   *
   * @return this
   */
  public ScopeResultAssert survived() {
    return check(
        actual.verdict() instanceof ExitVerdict.Exited, "the command to survive in its box");
  }

  /**
   * The command {@link #survived()} and returned that exit value.
   *
   * @param exitValue 0 to 255
   * @return this
   */
  public ScopeResultAssert exitedWith(int exitValue) {
    survived();
    return check(actual.exitValue() == exitValue, "the command to exit with " + exitValue);
  }

  /**
   * The kernel's OOM killer killed the command itself.
   *
   * @return this
   */
  public ScopeResultAssert wasOomKilled() {
    return check(
        actual.verdict() instanceof ExitVerdict.OomKilled, "the kernel to OOM-kill the command");
  }

  /**
   * The kernel's OOM killer killed other processes in the box, but not the command itself.
   *
   * @return this
   */
  public ScopeResultAssert lostADescendant() {
    return check(
        actual.verdict() instanceof ExitVerdict.DescendantOomKilled,
        "the kernel to OOM-kill a descendant of the command, and not the command");
  }

  /**
   * The OOM kill was for the box's own limit.
   *
   * @return this
   */
  public ScopeResultAssert byItsOwnLimit() {
    return limitedBy(LimitScope.OWN_LIMIT, "the box's own limit");
  }

  /**
   * The OOM kill was for the limit of a cgroup above the box.
   *
   * @return this
   */
  public ScopeResultAssert byAnAncestorsLimit() {
    return limitedBy(LimitScope.ANCESTOR_LIMIT, "the limit of a cgroup above the box");
  }

  /**
   * The OOM kill was because the whole machine ran out of memory.
   *
   * @return this
   */
  public ScopeResultAssert byTheSystem() {
    return limitedBy(LimitScope.SYSTEM, "lack of memory of the whole machine");
  }

  private ScopeResultAssert limitedBy(LimitScope expected, String words) {
    return check(
        actual.verdict().limitScope().equals(Optional.of(expected)), "an OOM kill by " + words);
  }

  /**
   * The OOM kill took the whole box at once ({@code memory.oom.group}).
   *
   * @return this
   */
  public ScopeResultAssert asAGroup() {
    return check(actual.verdict().group(), "an OOM kill of the whole group");
  }

  /**
   * The box never used that much memory. Fails on a kernel that keeps no peak: cgroup v2 before
   * 5.19.
   *
   * @param size the first size that is too much
   * @return this
   */
  public ScopeResultAssert peakedBelow(ByteSize size) {
    return check(
        actual.peak().filter(peak -> peak.compareTo(size) < 0).isPresent(),
        "a peak below " + exact(size));
  }

  /**
   * The box used that much memory at some time. Fails on a kernel that keeps no peak: cgroup v2
   * before 5.19.
   *
   * @param size the least it must have been
   * @return this
   */
  public ScopeResultAssert peakedAtLeast(ByteSize size) {
    return check(
        actual.peak().filter(peak -> peak.compareTo(size) >= 0).isPresent(),
        "a peak of at least " + exact(size));
  }

  /**
   * When the command had ended, nothing else ran in its box.
   *
   * @return this
   */
  public ScopeResultAssert leftNoProcesses() {
    return check(actual.leftBehind().isEmpty(), "the command to leave no process in its box");
  }

  /**
   * Goes on with the kernel's own record of the last kill in the box. Fails if there is none, as
   * without the right to read the kernel's log, or without oom-kmsg on the path.
   *
   * @return assertions on the record
   */
  public OomKillEventAssert kernelRecord() {
    List<OomKillEvent> records = actual.verdict().evidence().kernelRecords();
    check(!records.isEmpty(), "the kernel's record of a kill in the box");
    return new OomKillEventAssert(records.get(records.size() - 1));
  }

  private ScopeResultAssert check(boolean holds, String expected) {
    isNotNull();
    if (!holds) {
      failWithMessage("%s", "Expected " + expected + ", but:" + evidence());
    }
    return this;
  }

  private String evidence() {
    StringBuilder text = new StringBuilder("\n  verdict  " + actual.verdict().explain());
    text.append("\n  limit    ").append(actual.verdict().evidence().memoryMax());
    text.append("\n  peak     ")
        .append(actual.peak().map(ScopeResultAssert::exact).orElse("not kept by this kernel"));
    String told = text.toString();
    actual.verdict().evidence().kernelRecords().stream()
        .map(OomKillEvent::killLine)
        .filter(line -> !told.contains(line))
        .forEach(line -> text.append("\n  kernel   ").append(line));
    if (!actual.leftBehind().isEmpty()) {
      text.append("\n  left     ").append(BoxStory.leftBehind(actual));
    }
    return text.toString();
  }

  private static String exact(ByteSize size) {
    return size + " (" + size.bytes() + " bytes)";
  }
}
