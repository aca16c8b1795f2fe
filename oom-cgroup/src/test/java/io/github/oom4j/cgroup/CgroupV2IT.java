package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.EffectiveLimit.Holder;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import io.github.oom4j.internal.KernelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What only version 2 has, on real cgroups. */
@Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
class CgroupV2IT {

  private static final String HOLD = "x=$(head -c 30000000 /dev/zero | tr '\\0' x); echo; read y";

  @Test
  void theMemoryOfAThreadedCgroupIsThatOfItsDomain() throws Exception {
    try (Levels levels = new Levels(256)) {
      Path domain = levels.get(0);
      Path threads = Files.createDirectory(domain.resolve("threads"));
      Path invalid = Files.createDirectory(domain.resolve("invalid"));
      KernelFile.write(threads.resolve("cgroup.type"), "threaded");
      Process process = levels.run(domain, "exec sleep 1000");
      KernelFile.write(threads.resolve("cgroup.threads"), Long.toString(process.pid()));

      Cgroup cgroup = Cgroup.of(process.pid());

      assertThat(cgroup).isEqualTo(Cgroup.at(threads));
      assertThat(cgroup.state().type()).isEqualTo(CgroupType.THREADED);
      assertThat(cgroup.state().populated()).isTrue();
      assertThat(Cgroup.at(invalid).state().type()).isEqualTo(CgroupType.DOMAIN_INVALID);
      assertThat(Cgroup.at(domain).state().type()).isEqualTo(CgroupType.DOMAIN_THREADED);
      assertThat(Cgroup.at(domain).pids()).containsExactly(process.pid());
      assertThatExceptionOfType(UnsupportedKernelException.class)
          .isThrownBy(cgroup::memory)
          .withMessageEndingWith(
              "a threaded cgroup has no memory of its own; what it uses is counted in " + domain);
      assertThatExceptionOfType(OomException.class)
          .isThrownBy(cgroup::pids)
          .withMessageContaining(threads.resolve("cgroup.procs").toString());
      assertThat(cgroup.effectiveMax().limit()).isEqualTo(Limit.of(ByteSize.mebibytes(256)));
      assertThat(cgroup.effectiveMax().cgroup()).contains(Cgroup.at(domain));
    }
  }

  @Test
  void aCgroupWithoutTheControllerIsCountedAbove() throws Exception {
    try (Levels levels = new Levels(256)) {
      Path leaf = Files.createDirectory(levels.get(0).resolve("leaf"));
      Process process = levels.run(leaf, HOLD);
      assertThat(process.inputReader().readLine()).isEmpty();
      Cgroup cgroup = Cgroup.of(process.pid());

      assertThatExceptionOfType(UnsupportedKernelException.class)
          .isThrownBy(cgroup::memory)
          .withMessageEndingWith(
              "does not list memory in cgroup.subtree_control; what it uses is counted in "
                  + levels.get(0));
      assertThat(cgroup.parent().orElseThrow().stat().anon().orElseThrow())
          .isGreaterThan(ByteSize.bytes(30_000_000));
      assertThat(cgroup.effectiveMax().cgroup()).contains(Cgroup.at(levels.get(0)));
    }
  }

  @Test
  void aZombieMayBeInACgroupThatWasRemoved() throws Exception {
    try (Levels levels = new Levels(256, 256)) {
      Path leaf = levels.get(1);
      String name = Cgroup.at(leaf).name();
      // Its parent stays outside, and never waits for it.
      String script =
          "sh -c 'echo $$ >\"$0/cgroup.procs\"; echo $$' '" + leaf + "' & exec sleep 1000";
      Process parent = new ProcessBuilder("sh", "-c", script).start();
      try {
        long zombie = Long.parseLong(parent.inputReader().readLine());
        assertThat(Await.until(() -> !Boxes.isAlive(zombie))).isTrue();
        Files.delete(leaf);

        assertThatExceptionOfType(CgroupGoneException.class)
            .isThrownBy(() -> Cgroup.of(zombie))
            .withMessage("cgroup " + name + " was removed");
      } finally {
        parent.destroyForcibly();
      }
    }
  }

  @Test
  void freezingShows() throws Exception {
    try (Levels levels = new Levels(256)) {
      Cgroup cgroup = Cgroup.at(levels.get(0));
      assertThat(cgroup.state().populated()).isFalse();
      levels.run(levels.get(0), "exec sleep 1000");
      assertThat(cgroup.state().populated()).isTrue();
      assertThat(cgroup.state().frozen()).contains(false);

      KernelFile.write(levels.get(0).resolve("cgroup.freeze"), "1");

      assertThat(Await.until(() -> cgroup.state().frozen().orElse(false))).isTrue();
      KernelFile.write(levels.get(0).resolve("cgroup.freeze"), "0");
    }
  }

  @Test
  void theSettingsThatWereWrittenAreRead() throws Exception {
    try (Levels levels = new Levels(256, 128)) {
      Path inner = levels.get(1);
      KernelFile.write(inner.resolve("memory.low"), "16M");
      KernelFile.write(inner.resolve("memory.min"), "8M");
      KernelFile.write(inner.resolve("memory.high"), "96M");
      KernelFile.write(levels.get(0).resolve("memory.high"), "80M");
      levels.run(inner, HOLD).inputReader().readLine();
      Cgroup cgroup = Cgroup.at(inner);

      CgroupMemory memory = cgroup.memory();

      assertThat(memory.current()).isGreaterThan(ByteSize.bytes(30_000_000));
      assertThat(memory.min()).contains(Limit.of(ByteSize.mebibytes(8)));
      assertThat(memory.low()).contains(Limit.of(ByteSize.mebibytes(16)));
      assertThat(memory.high()).contains(Limit.of(ByteSize.mebibytes(96)));
      assertThat(cgroup.effectiveHigh().limit()).isEqualTo(Limit.of(ByteSize.mebibytes(80)));
      assertThat(cgroup.effectiveHigh().cgroup()).contains(Cgroup.at(levels.get(0)));
      assertThat(cgroup.stat().anon().orElseThrow()).isGreaterThan(ByteSize.bytes(30_000_000));
      assertThat(cgroup.stat().pgfault().orElseThrow()).isGreaterThan(100);
      assertThat(cgroup.state().controllers()).contains("memory");
    }
  }

  @Test
  @Needs(Need.SWAP)
  void swapThatIsUsedIsRead() throws Exception {
    try (Levels levels = new Levels(256, 20)) {
      Path inner = levels.get(1);
      KernelFile.write(levels.get(0).resolve("memory.swap.max"), "64M");
      levels.run(inner, HOLD).inputReader().readLine();
      Cgroup cgroup = Cgroup.at(inner);

      SwapUsage swap = cgroup.swap();

      assertThat(swap.current()).isGreaterThan(ByteSize.mebibytes(5));
      assertThat(swap.max()).isEqualTo(Limit.none());
      // Not always 0: others may have used up what there is.
      assertThat(Files.readString(inner.resolve("memory.swap.events")))
          .contains("fail " + swap.events().fail().orElseThrow() + "\n");
      EffectiveLimit effective = cgroup.effectiveSwapMax();
      assertThat(effective.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
      assertThat(effective.cgroup()).contains(Cgroup.at(levels.get(0)));
      List<Cgroup> ancestors = cgroup.ancestors();
      EffectiveLimit root = ancestors.get(ancestors.size() - 1).effectiveSwapMax();
      assertThat(root.holder()).isEqualTo(Holder.MACHINE);
      assertThat(root.limit()).isEqualTo(Limit.of(MemInfo.read().swapTotal()));
    }
  }

  @Test
  @Needs(Need.PSI)
  void reclaimAtALimitIsPressure() throws Exception {
    try (Levels levels = new Levels(256)) {
      Path cgroup = levels.get(0);
      KernelFile.write(cgroup.resolve("memory.high"), "16M");
      levels.run(cgroup, "head -c 40M /dev/zero | tail");

      // Held back at memory.high again and again, for seconds.
      boolean seen =
          Await.until(
              () -> Cgroup.at(cgroup).pressure().some().total().compareTo(Duration.ZERO) > 0);

      assertThat(seen).isTrue();
      assertThat(MemoryPressure.read().some().total()).isPositive();
    }
  }

  @Test
  @Needs(Need.NUMA)
  void memoryIsOnTheNodesOfTheMachine() throws Exception {
    try (Levels levels = new Levels(256)) {
      levels.run(levels.get(0), HOLD).inputReader().readLine();

      NumaStat stat = Cgroup.at(levels.get(0)).numaStat();

      long anon =
          stat.nodes().stream()
              .mapToLong(node -> stat.size(node, "anon").orElseThrow().bytes())
              .sum();
      assertThat(stat.nodes()).hasSizeGreaterThan(1);
      assertThat(anon).isGreaterThan(30_000_000);
    }
  }
}
