package io.github.oom4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Builds evidence for tests: a command with pid 198 in {@link Kills#BOX}; nothing is known yet. */
final class Evidence {

  static final long PID = 198;

  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  private OptionalLong kernelPid = OptionalLong.of(PID);
  private int exitValue;
  private OptionalLong oomKills = UNKNOWN;
  private OptionalLong groupKills = UNKNOWN;
  private OptionalLong limitHits = UNKNOWN;
  private OptionalLong nestedLimitHits = UNKNOWN;
  private CgroupsAbove above = CgroupsAbove.UNKNOWN;
  private OptionalLong systemOomKills = UNKNOWN;
  private Optional<UserspaceKill> userspaceKill = Optional.empty();
  private List<OomKillEvent> records = List.of();
  private final List<String> gaps = new ArrayList<>();

  /** As of cgroup v2: nothing was counted anywhere, and everything up to the root is visible. */
  static Evidence quiet() {
    return new Evidence()
        .kills(OptionalLong.of(0))
        .groups(0)
        .hits(OptionalLong.of(0))
        .nested(0)
        .system(OptionalLong.of(0))
        .above(true, above("/system.slice", 0, 0));
  }

  static CgroupsAbove.Growth above(String cgroup, long limitHits, long oomKills) {
    return new CgroupsAbove.Growth(cgroup, OptionalLong.of(limitHits), OptionalLong.of(oomKills));
  }

  Evidence exit(int value) {
    exitValue = value;
    return this;
  }

  Evidence withoutKernelPid() {
    kernelPid = UNKNOWN;
    return this;
  }

  Evidence kills(OptionalLong value) {
    oomKills = value;
    return this;
  }

  Evidence kills(long value) {
    return kills(OptionalLong.of(value)).system(OptionalLong.of(value));
  }

  Evidence groups(long value) {
    groupKills = OptionalLong.of(value);
    return this;
  }

  Evidence hits(OptionalLong value) {
    limitHits = value;
    return this;
  }

  Evidence hits(long value) {
    return hits(OptionalLong.of(value));
  }

  Evidence nested(long value) {
    nestedLimitHits = OptionalLong.of(value);
    return this;
  }

  Evidence above(boolean complete, CgroupsAbove.Growth... nearestFirst) {
    above = new CgroupsAbove(List.of(nearestFirst), complete);
    return this;
  }

  Evidence system(OptionalLong value) {
    systemOomKills = value;
    return this;
  }

  Evidence userspace(String killer, String trace) {
    userspaceKill = Optional.of(new UserspaceKill(killer, trace));
    return this;
  }

  Evidence records(OomKillEvent... values) {
    records = List.of(values);
    return this;
  }

  Evidence gap(String gap) {
    gaps.add(gap);
    return this;
  }

  OomEvidence build() {
    return new OomEvidence(
        PID,
        kernelPid,
        exitValue,
        Optional.of(Kills.BOX),
        Limit.of(ByteSize.mebibytes(60)),
        Optional.of(ByteSize.mebibytes(60)),
        oomKills,
        groupKills,
        limitHits,
        nestedLimitHits,
        above,
        systemOomKills,
        userspaceKill,
        records,
        gaps);
  }

  ExitVerdict judge() {
    return ExitVerdict.of(build());
  }
}
