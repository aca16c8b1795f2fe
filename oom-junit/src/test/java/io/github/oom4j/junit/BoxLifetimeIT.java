package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What lives as long as a class does not keep what is to end with a test. */
@Needs(Need.MEMORY_CGROUP)
class BoxLifetimeIT {

  private static final List<ScopedProcess> ofClass = new ArrayList<>();
  private static final List<ScopedProcess> ofTests = new ArrayList<>();

  static class Sample {

    @BeforeAll
    static void start(@MemoryLimit("32M") MemoryScope shared) {
      ofClass.add(shared.start("sleep", "300"));
    }

    @BeforeEach
    void earlierTestsLeftNothing() {
      assertThat(ofTests).noneMatch(job -> job.process().isAlive());
      assertThat(ofClass).allMatch(job -> job.process().isAlive());
    }

    @RepeatedTest(3)
    void startsSomething(@MemoryLimit("32M") MemoryScope box) {
      ofTests.add(box.start("sleep", "300"));
    }
  }

  @Test
  void theBoxesOfATestEndWithItAndThoseOfTheClassWithTheClass() {
    Runs.of(Sample.class).testEvents().assertStatistics(tests -> tests.succeeded(3));

    assertThat(ofTests).hasSize(3).noneMatch(job -> job.process().isAlive());
    assertThat(ofClass).hasSize(1).noneMatch(job -> job.process().isAlive());
    assertThat(Runs.boxesLeft()).isEmpty();
  }
}
