package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.ProcFs;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.EffectiveLimit.Holder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveLimitTest {

  private static final MemInfo MACHINE = ProcFs.at(Captured.path("qemu-6.1/proc")).memInfo();
  private static final Path V2 = Captured.path("qemu-6.1/sys/fs/cgroup");
  private static final String SERVICE = "system.slice/run-u4.service";
  private static final String V1 = "firecracker-6.18/memory";

  @TempDir Path dir;

  @Test
  void theMiddleOneOfThreeLevelsHoldsTheLimit() {
    EffectiveLimit limit = cgroup("outer/middle/inner").effectiveMax(MACHINE);

    Cgroup middle = cgroup("outer/middle");
    assertThat(limit)
        .isEqualTo(
            new EffectiveLimit(
                "memory.max",
                Limit.of(ByteSize.mebibytes(48)),
                Holder.CGROUP,
                Optional.of(middle),
                true));
    assertThat(limit.explain()).isEqualTo("48Mi: memory.max of cgroup " + middle.name());
  }

  @Test
  void eachSettingHasItsOwnHolder() {
    EffectiveLimit high = cgroup("outer/middle/inner").effectiveHigh();
    assertThat(high.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(40)));
    assertThat(high.cgroup()).contains(cgroup("outer/middle"));
    assertThat(high.file()).isEqualTo("memory.high");

    assertThat(cgroup("outer").effectiveMax(MACHINE).limit())
        .isEqualTo(Limit.of(ByteSize.mebibytes(256)));
    assertThat(cgroup("outer").effectiveHigh())
        .isEqualTo(
            new EffectiveLimit("memory.high", Limit.none(), Holder.NOBODY, Optional.empty(), true));
    assertThat(cgroup("outer").effectiveHigh().explain())
        .isEqualTo("max: no cgroup sets memory.high");
  }

  @Test
  void withoutALimitTheMachineIsOne() {
    for (Cgroup cgroup : new Cgroup[] {cgroup("threads"), Cgroup.at(V2)}) {
      EffectiveLimit limit = cgroup.effectiveMax(MACHINE);

      assertThat(limit)
          .isEqualTo(
              new EffectiveLimit(
                  "memory.max", Limit.of(MACHINE.total()), Holder.MACHINE, Optional.empty(), true));
      assertThat(limit.explain()).isEqualTo("955Mi: all that the machine has");
    }
  }

  @Test
  void aThreadedCgroupHasTheLimitOfItsDomain() throws IOException {
    Captured.copy(V2, dir);
    Files.writeString(dir.resolve(SERVICE).resolve("threads/memory.max"), "1048576\n");

    EffectiveLimit limit =
        Cgroup.at(dir.resolve(SERVICE).resolve("threads/t1")).effectiveMax(MACHINE);

    assertThat(limit.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(1)));
    assertThat(limit.cgroup()).contains(Cgroup.at(dir.resolve(SERVICE).resolve("threads")));
  }

  @Test
  void ofTwoThatAreAlikeTheNearerOneHoldsIt() throws IOException {
    Captured.copy(V2, dir);
    Path middle = dir.resolve(SERVICE).resolve("outer/middle");
    Files.writeString(
        dir.resolve(SERVICE).resolve("outer/memory.max"),
        Files.readString(middle.resolve("memory.max")));

    assertThat(Cgroup.at(middle.resolve("inner")).effectiveMax(MACHINE).cgroup())
        .contains(Cgroup.at(middle));
  }

  @Test
  void whatANamespaceHidesIsSaid() throws IOException {
    Captured.copy(V2.resolve(SERVICE).resolve("outer"), dir.resolve("outer"));

    EffectiveLimit limit = Cgroup.at(dir.resolve("outer/middle")).effectiveMax(MACHINE);

    assertThat(limit.complete()).isFalse();
    assertThat(limit.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(48)));
    assertThat(limit.explain())
        .isEqualTo(
            "48Mi: memory.max of cgroup %s; cgroups above that are hidden from this process may"
                    .formatted(dir.toRealPath().resolve("outer/middle"))
                + " allow less");
    assertThat(Cgroup.at(dir.resolve("outer/middle")).effectiveHigh().complete()).isFalse();
  }

  @Test
  void aHierarchyWithoutTheMemoryControllerCanNotTell() throws IOException {
    Captured.copy(V2, dir);
    Files.writeString(dir.resolve("cgroup.controllers"), "cpuset cpu io hugetlb pids rdma misc\n");

    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> Cgroup.at(dir).effectiveMax(MACHINE))
        .withMessageContaining("memory is not among the controllers of cgroup v2 here: it is off,");
  }

  @Test
  void version1IsReadThroughAllLevelsToo() {
    EffectiveLimit limit = v1("oom4j-cap/middle/inner").effectiveMax(MACHINE);

    assertThat(limit.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
    assertThat(limit.cgroup()).contains(v1("oom4j-cap/middle"));
    assertThat(limit.complete()).isTrue();
    assertThat(v1("").effectiveMax(MACHINE).holder()).isEqualTo(Holder.MACHINE);
  }

  @Test
  void version1TellsAlsoALimitThatIsHidden() throws IOException {
    Captured.copy(Captured.path(V1).resolve("oom4j-cap/middle/inner"), dir.resolve("inner"));

    EffectiveLimit limit = Cgroup.at(dir.resolve("inner")).effectiveMax(MACHINE);

    assertThat(limit)
        .isEqualTo(
            new EffectiveLimit(
                "memory.max",
                Limit.of(ByteSize.mebibytes(64)),
                Holder.HIDDEN_CGROUP,
                Optional.empty(),
                true));
    assertThat(limit.explain())
        .isEqualTo("64Mi: memory.max of a cgroup above that is hidden from this process");
  }

  /** Before 5.11; memory.stat then says it as this does: the kernel follows the same parents. */
  @Test
  void withoutUseHierarchyNothingAboveCounts() throws IOException {
    Captured.copy(Captured.path(V1), dir);
    for (String above : new String[] {"", "oom4j-cap", "oom4j-cap/middle"}) {
      Files.writeString(dir.resolve(above).resolve("memory.use_hierarchy"), "0\n");
    }
    Path inner = dir.resolve("oom4j-cap/middle/inner");
    Path stat = inner.resolve("memory.stat");
    Files.writeString(
        stat,
        Files.readString(stat)
            .replace("hierarchical_memory_limit 67108864", "hierarchical_memory_limit 134217728"));

    EffectiveLimit limit = Cgroup.at(inner).effectiveMax(MACHINE);

    assertThat(limit.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(128)));
    assertThat(limit.cgroup()).contains(Cgroup.at(inner));
  }

  @Test
  void version1NamesWhatItHasNot() {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(v1("oom4j-cap")::effectiveHigh)
        .withMessageStartingWith("could not read memory.high: ")
        .withMessageEndingWith("/memory/oom4j-cap is a cgroup v1, which has no equivalent");
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(v1("oom4j-cap")::effectiveSwapMax)
        .withMessageEndingWith("no equivalent; it limits memory and swap together");
  }

  @Test
  void aCgroupThatIsGoneHasNoLimit() throws IOException {
    Captured.copy(V2.resolve(SERVICE).resolve("outer"), dir.resolve("outer"));
    Cgroup inner = Cgroup.at(dir.resolve("outer/middle/inner"));
    delete(inner.path());

    assertThatExceptionOfType(CgroupGoneException.class)
        .isThrownBy(() -> inner.effectiveMax(MACHINE))
        .withMessage("could not read limits: the cgroup " + inner + " is gone");
  }

  private static Cgroup cgroup(String name) {
    return Cgroup.at(V2.resolve(SERVICE).resolve(name));
  }

  private static Cgroup v1(String name) {
    return Cgroup.at(Captured.path(V1).resolve(name));
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
