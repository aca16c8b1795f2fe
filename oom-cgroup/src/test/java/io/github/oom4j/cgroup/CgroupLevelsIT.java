package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.ByteSize;
import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.Limit;
import io.github.oom4j.MemInfo;
import io.github.oom4j.cgroup.EffectiveLimit.Holder;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import io.github.oom4j.internal.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Real cgroups of either version. */
@Needs(Need.MEMORY_CGROUP)
class CgroupLevelsIT {

  @Test
  void theMiddleOneOfThreeLevelsHoldsTheLimit() throws Exception {
    try (Levels levels = new Levels(256, 64, 128)) {
      Process process = levels.run(levels.get(2), "exec sleep 1000");
      Cgroup inner = Cgroup.of(process.pid());

      EffectiveLimit limit = inner.effectiveMax();

      Cgroup middle = Cgroup.at(levels.get(1));
      assertThat(inner).isEqualTo(Cgroup.at(levels.get(2)));
      assertThat(limit.limit()).isEqualTo(Limit.of(ByteSize.mebibytes(64)));
      assertThat(limit.cgroup()).contains(middle);
      assertThat(limit.cgroup().orElseThrow().name()).isEqualTo(middle.name());
      assertThat(limit.complete()).isTrue();
      assertThat(inner.memory().max()).isEqualTo(Limit.of(ByteSize.mebibytes(128)));
      assertThat(inner.pids()).containsExactly(process.pid());
    }
  }

  @Test
  void namesAreTheSameFromBelowFromAboveAndAsked() throws Exception {
    try (Levels levels = new Levels(256, 64, 128)) {
      Cgroup inner = Cgroup.at(levels.get(2));
      List<Cgroup> ancestors = inner.ancestors();

      assertThat(ancestors).startsWith(Cgroup.at(levels.get(1)), Cgroup.at(levels.get(0)));
      assertThat(ancestors)
          .allSatisfy(one -> assertThat(one.name()).isEqualTo(Cgroup.at(one.path()).name()));
      assertThat(ancestors.get(ancestors.size() - 1).name()).isEqualTo("/");
      assertThat(ancestors.get(1).children())
          .singleElement()
          .satisfies(
              middle -> {
                assertThat(middle.name()).isEqualTo(ancestors.get(0).name());
                assertThat(middle.children()).containsExactly(inner);
                assertThat(middle.children().get(0).name()).isEqualTo(inner.name());
              });
    }
  }

  @Test
  void withoutAnyLimitTheMachineHoldsIt() {
    List<Cgroup> ancestors = Cgroup.self().ancestors();
    Cgroup root = ancestors.isEmpty() ? Cgroup.self() : ancestors.get(ancestors.size() - 1);

    assertThat(root.effectiveMax().holder()).isEqualTo(Holder.MACHINE);
    assertThat(root.effectiveMax().limit()).isEqualTo(Limit.of(MemInfo.read().total()));
  }

  @Test
  void aRemovedCgroupIsGoneForEveryMethod() throws Exception {
    try (Levels levels = new Levels(256, 64)) {
      Cgroup child = Cgroup.at(levels.get(1));
      Files.delete(levels.get(1));

      assertThatExceptionOfType(CgroupGoneException.class)
          .isThrownBy(child::memory)
          .withMessageContaining("the cgroup " + child + " is gone");
      assertThatExceptionOfType(CgroupGoneException.class).isThrownBy(child::stat);
      assertThatExceptionOfType(CgroupGoneException.class).isThrownBy(child::events);
      assertThatExceptionOfType(CgroupGoneException.class).isThrownBy(child::pids);
      assertThatExceptionOfType(CgroupGoneException.class).isThrownBy(child::children);
      assertThatExceptionOfType(CgroupGoneException.class).isThrownBy(child::effectiveMax);
      assertThat(child.ancestors()).startsWith(Cgroup.at(levels.get(0)));
    }
  }

  /** The kernel answers ENOENT or ENODEV, whichever moment it is. */
  @Test
  void cgroupsThatComeAndGoMeanwhileAreReadOrGone() throws Exception {
    try (Levels levels = new Levels(256)) {
      Cgroup parent = Cgroup.at(levels.get(0));
      levels.handDown(parent.path());
      CompletableFuture<Void> coming =
          CompletableFuture.runAsync(() -> makeAndRemove(parent.path(), 500));
      long read = 0;
      long gone = 0;
      while (!coming.isDone()) {
        for (Cgroup child : parent.children()) {
          try {
            assertThat(child.memory().current().bytes()).isNotNegative();
            assertThat(child.stat().asPrinted()).isNotEmpty();
            assertThat(child.events().oomKill()).hasValue(0);
            assertThat(child.effectiveMax().limit().isNone()).isFalse();
            read++;
          } catch (CgroupGoneException e) {
            gone++;
          }
        }
      }
      coming.join();
      assertThat(read + gone).isPositive();
      assertThat(parent.children()).isEmpty();
    }
  }

  private static void makeAndRemove(Path parent, int times) {
    try {
      for (int i = 0; i < times; i++) {
        Path child = Files.createDirectory(parent.resolve("child-" + i));
        LockSupport.parkNanos(1_000_000);
        Files.delete(child);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anyBytesButASlashAndANewlineMakeAName() throws Exception {
    try (Levels levels = new Levels(256)) {
      Path parent = levels.get(0);
      levels.handDown(parent);
      for (String bytes :
          List.of("lab-\u00ff\u00fe", "a:b c\\x2d", "\u00c3\u00bc%20", " (deleted)")) {
        Path directory = Files.createDirectory(parent.resolve(RawPath.of(bytes)));
        Process process = levels.run(directory, "exec sleep 1000");

        Cgroup cgroup = Cgroup.of(process.pid());

        assertThat(cgroup.path()).isEqualTo(directory);
        assertThat(cgroup).isEqualTo(Cgroup.at(directory));
        assertThat(cgroup.name())
            .endsWith("/" + RawPath.text(bytes))
            .isEqualTo(Cgroup.at(directory).name());
        assertThat(cgroup.pids()).containsExactly(process.pid());
        assertThat(cgroup.memory().max()).isEqualTo(Limit.none());
        assertThat(cgroup.events().oomKill()).hasValue(0);
        assertThat(cgroup.parent()).contains(Cgroup.at(parent));
        assertThat(Cgroup.at(parent).children()).contains(cgroup);
        assertThat(cgroup.effectiveMax().cgroup()).contains(Cgroup.at(parent));
      }
    }
  }
}
