package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a cgroup tells, from trees that were captured. */
class CgroupReadingTest {

  private static final Path ROOT = Captured.path("qemu-6.1/sys/fs/cgroup");
  private static final Path SERVICE = ROOT.resolve("system.slice/run-u4.service");
  private static final Path V1 = Captured.path("firecracker-6.18/memory");

  @TempDir Path dir;

  private final Cgroup inner = Cgroup.at(SERVICE.resolve("outer/middle/inner"));

  @Test
  void knowsWhatIsAboveAndBelow() {
    assertThat(inner.parent()).contains(Cgroup.at(SERVICE.resolve("outer/middle")));
    assertThat(inner.ancestors())
        .extracting(Cgroup::path)
        .containsExactly(
            SERVICE.resolve("outer/middle"),
            SERVICE.resolve("outer"),
            SERVICE,
            ROOT.resolve("system.slice"),
            ROOT);
    assertThat(Cgroup.at(SERVICE).children())
        .extracting(cgroup -> cgroup.path().getFileName().toString())
        .containsExactly("frozen", "outer", "threads");
    assertThat(inner.children()).isEmpty();
    assertThat(Cgroup.at(ROOT).parent()).isEmpty();
    assertThat(inner.ancestors().get(4).name()).isEqualTo(ROOT.toString());
    assertThat(Cgroup.at(SERVICE).children().get(0).name()).isEqualTo(SERVICE + "/frozen");
    assertThat(Cgroup.at(V1.resolve("oom4j-cap/middle")).ancestors())
        .containsExactly(Cgroup.at(V1.resolve("oom4j-cap")), Cgroup.at(V1));
  }

  @Test
  void aSymbolicLinkLeadsToTheSameCgroup() throws IOException {
    Cgroup linked = Cgroup.at(Files.createSymbolicLink(dir.resolve("link"), inner.path()));

    assertThat(linked).isEqualTo(inner);
    assertThat(linked.ancestors()).hasSize(5);
  }

  @Test
  void readsMemoryAndItsSettings() {
    assertThat(inner.memory())
        .isEqualTo(
            new CgroupMemory(
                ByteSize.bytes(46333952),
                Optional.of(ByteSize.bytes(46718976)),
                limit(0),
                limit(16 << 20),
                Optional.of(Limit.none()),
                Limit.of(ByteSize.mebibytes(128))));
    assertThat(inner.stat().anon()).contains(ByteSize.bytes(45449216));
    assertThat(Cgroup.at(SERVICE.resolve("outer/middle")).memory().high())
        .isEqualTo(limit(40 << 20));
  }

  @Test
  void tellsEventsOfItsOwnFromThoseBelow() {
    Cgroup middle = Cgroup.at(SERVICE.resolve("outer/middle"));
    Cgroup outer = Cgroup.at(SERVICE.resolve("outer"));

    assertThat(middle.localEvents().high()).hasValue(751);
    assertThat(outer.events().high()).as("those below, at an earlier moment").hasValue(683);
    assertThat(outer.localEvents().high()).hasValue(0);
  }

  @Test
  void readsSwap() {
    assertThat(inner.swap())
        .isEqualTo(
            new SwapUsage(
                ByteSize.mebibytes(32),
                Limit.none(),
                Optional.of(Limit.none()),
                Optional.empty(),
                new SwapUsage.Events(
                    OptionalLong.of(0), OptionalLong.of(522), OptionalLong.of(522))));
    assertThat(Cgroup.at(Captured.path("uml-7.2/inner")).swap().peak())
        .contains(ByteSize.bytes(33558528));
  }

  @Test
  void readsZswap() {
    assertThat(Cgroup.at(Captured.path("uml-7.2/inner")).zswap())
        .isEqualTo(new ZswapUsage(ByteSize.ZERO, Limit.none(), Optional.of(true)));
    refused(
        inner::zswap,
        "/memory.zswap.current: no such file; it takes kernel 5.19, built with zswap");
  }

  @Test
  void readsPressureAndNodes() {
    assertThat(inner.pressure().some().total()).isEqualTo(Duration.ofNanos(23_711_757_000L));
    assertThat(inner.numaStat().nodes()).containsExactly(0, 1);
    refused(
        Cgroup.at(Captured.path("uml-7.2/inner"))::pressure,
        "/memory.pressure: no such file; it takes 1 in cgroup.pressure, and a machine booted with"
            + " psi=1");
    refused(
        Cgroup.at(Captured.path("uml-7.2/inner"))::numaStat,
        "/memory.numa_stat: no such file; it takes kernel 5.10, built with CONFIG_NUMA");
  }

  @Test
  void readsTasks() {
    assertThat(inner.pidsUsage())
        .isEqualTo(new PidsUsage(1, OptionalLong.empty(), OptionalLong.of(4), OptionalLong.of(0)));
    assertThat(Cgroup.at(SERVICE.resolve("outer/middle")).pidsUsage().max()).hasValue(20);
  }

  @Test
  void readsHugePages() {
    assertThat(Cgroup.at(ROOT.resolve("huge")).hugetlb())
        .containsExactly(
            new HugetlbUsage(
                ByteSize.mebibytes(2),
                ByteSize.ZERO,
                Limit.of(ByteSize.mebibytes(8)),
                OptionalLong.of(0)),
            new HugetlbUsage(
                ByteSize.gibibytes(1), ByteSize.ZERO, Limit.none(), OptionalLong.of(0)));
    assertThat(inner.hugetlb()).as("not handed down").isEmpty();
  }

  @Test
  void readsTheStateOfEachType() {
    Set<String> handed = Set.of("memory", "pids");
    assertThat(state("outer/middle"))
        .isEqualTo(new CgroupState(CgroupType.DOMAIN, handed, handed, true, Optional.of(false)));
    assertThat(state("frozen"))
        .isEqualTo(new CgroupState(CgroupType.DOMAIN, handed, Set.of(), false, Optional.of(true)));
    assertThat(state("threads").type()).isEqualTo(CgroupType.DOMAIN_THREADED);
    assertThat(state("threads/t1").type()).isEqualTo(CgroupType.THREADED);
    assertThat(state("threads/t1").controllers()).isEmpty();
    assertThat(state("threads/t2").type()).isEqualTo(CgroupType.DOMAIN_INVALID);
    assertThat(Cgroup.at(ROOT).state())
        .isEqualTo(
            new CgroupState(
                CgroupType.DOMAIN,
                Set.of("cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"),
                Set.of("cpuset", "cpu", "io", "memory", "pids"),
                true,
                Optional.of(false)));
  }

  @Test
  void aTypeThatIsNotKnownIsNamed() throws IOException {
    Captured.copy(inner.path(), dir.resolve("inner"));
    Files.writeString(dir.resolve("inner/cgroup.type"), "marble\n");

    assertThatExceptionOfType(KernelFormatException.class)
        .isThrownBy(Cgroup.at(dir.resolve("inner"))::state)
        .withMessageEndingWith(
            "inner/cgroup.type, line 1: expected one of [domain, threaded, domain threaded, domain"
                + " invalid]");
  }

  @Test
  void saysWhereTheMemoryOfAThreadedCgroupIsCounted() {
    refused(
        Cgroup.at(SERVICE.resolve("threads/t1"))::memory,
        "t1/memory.current: no such file; a threaded cgroup has no memory of its own; what it uses"
            + " is counted in "
            + SERVICE.resolve("threads"));
    refused(
        Cgroup.at(SERVICE.resolve("threads/t2"))::stat,
        "t2/memory.stat: no such file; the cgroup above it does not list memory in"
            + " cgroup.subtree_control; what it uses is counted in "
            + SERVICE.resolve("threads"));
  }

  @Test
  void saysWhatTheRootHasNot() {
    refused(
        Cgroup.at(ROOT)::memory,
        "memory.current: no such file; the root cgroup has none (MemInfo tells the machine's"
            + " memory)");
    refused(Cgroup.at(ROOT)::pidsUsage, "pids.current: no such file; the root cgroup has none");
  }

  @Test
  void version1NamesTheFilesThatItHasNot() {
    Cgroup cgroup = Cgroup.at(V1.resolve("oom4j-cap"));
    Map<String, Consumer<Cgroup>> reads =
        Map.of(
            "memory.zswap.current", Cgroup::zswap,
            "memory.pressure", Cgroup::pressure,
            "pids.current", Cgroup::pidsUsage,
            "hugetlb.2MB.current", Cgroup::hugetlb,
            "cgroup.type", Cgroup::state);

    reads.forEach(
        (file, read) ->
            assertThatExceptionOfType(UnsupportedKernelException.class)
                .isThrownBy(() -> read.accept(cgroup))
                .withMessageStartingWith(
                    "could not read %s: %s is a cgroup v1, which has no equivalent"
                        .formatted(file, cgroup)));
  }

  @Test
  void version1ReadsWhatHasAnEquivalent() {
    Cgroup cgroup = Cgroup.at(V1.resolve("oom4j-cap/middle/inner"));

    assertThat(cgroup.memory().max()).isEqualTo(Limit.of(ByteSize.mebibytes(128)));
    assertThat(cgroup.stat().anon()).contains(ByteSize.bytes(16195584));
    assertThat(cgroup.numaStat().nodes()).containsExactly(0);
    assertThat(cgroup.localEvents().oomKill()).hasValue(0);
    assertThat(cgroup.pids()).hasSize(2);
  }

  @Test
  void whatIsRemovedWhileItIsLookedAtIsGoneOrLeftOut() throws IOException {
    for (Path tree : List.of(ROOT, V1)) {
      Path copy = dir.resolve(tree.getFileName().toString() + tree.getNameCount());
      Captured.copy(tree, copy);
      Cgroup top = Cgroup.at(copy);
      Cgroup child = top.children().get(top.children().size() - 1);
      delete(child.path());

      List<Consumer<Cgroup>> reads =
          List.of(
              Cgroup::memory,
              Cgroup::stat,
              Cgroup::events,
              Cgroup::localEvents,
              Cgroup::swap,
              Cgroup::zswap,
              Cgroup::numaStat,
              Cgroup::pressure,
              Cgroup::pidsUsage,
              Cgroup::hugetlb,
              Cgroup::state,
              Cgroup::pids,
              Cgroup::children,
              Cgroup::effectiveMax,
              Cgroup::effectiveHigh,
              Cgroup::effectiveSwapMax);
      assertThat(reads)
          .allSatisfy(
              read ->
                  assertThatExceptionOfType(CgroupGoneException.class)
                      .isThrownBy(() -> read.accept(child))
                      .withMessageContaining(child + " is gone"));
      assertThat(child.ancestors()).containsExactly(top);
      assertThat(top.children()).doesNotContain(child);
    }
  }

  @Test
  void aNameThatIsNotUtf8IsReadAllTheSame() throws IOException {
    Path odd = Files.createDirectory(dir.resolve(RawPath.of("lab-\u00ff\u00fe")));
    try (var files = Files.list(inner.path())) {
      for (Path file : files.toList()) {
        Files.copy(file, odd.resolve(file.getFileName().toString()));
      }
    }
    Files.copy(ROOT.resolve("cgroup.controllers"), dir.resolve("cgroup.controllers"));

    Cgroup cgroup = Cgroup.at(dir).children().get(0);

    assertThat(cgroup.name()).endsWith("/lab-\uFFFD\uFFFD");
    assertThat(cgroup.memory()).isEqualTo(inner.memory());
    assertThat(cgroup.stat()).isEqualTo(inner.stat());
    assertThat(cgroup.pids()).isEqualTo(inner.pids());
    assertThat(cgroup.parent()).contains(Cgroup.at(dir));
    Thread.currentThread().interrupt();
    assertThat(cgroup.memory()).isEqualTo(inner.memory());
    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
  }

  private static CgroupState state(String name) {
    return Cgroup.at(SERVICE.resolve(name)).state();
  }

  private static Optional<Limit> limit(long bytes) {
    return Optional.of(Limit.of(ByteSize.bytes(bytes)));
  }

  private static void refused(ThrowingCallable read, String message) {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(read)
        .withMessageEndingWith(message);
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
