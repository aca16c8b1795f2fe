package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests whose JVM the kernel kills, and those that only come close. */
@Needs(Need.MEMORY_CGROUP)
class BoxedKillsIT {

  private static final List<byte[]> heap = new ArrayList<>();
  private static final List<ByteBuffer> direct = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    assertThat(Runs.boxesLeft()).isEmpty();
  }

  private static void fillHeap() {
    System.out.println("loading the catalogue");
    while (true) {
      heap.add(new byte[1 << 20]);
    }
  }

  /** Memory that the collector knows nothing of. */
  private static void fillDirect() {
    while (true) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      for (int i = 0; i < buffer.capacity(); i += 4096) {
        buffer.put(i, (byte) 1);
      }
      direct.add(buffer);
    }
  }

  static class Greedy {
    @Test
    @RunInMemoryLimit(value = "96M", jvmArgs = "-Xmx512m")
    void heapLargerThanTheBox() {
      fillHeap();
    }

    @Test
    @RunInMemoryLimit(value = "96M", jvmArgs = "-XX:MaxDirectMemorySize=1g")
    void notTheHeap() {
      fillDirect();
    }

    @Test
    @RunInMemoryLimit("96M")
    void heapSmallerThanTheBox() {
      fillHeap();
    }

    @Test
    @RunInMemoryLimit(
        value = "96M",
        jvmArgs = "-Xmx512m",
        expect = RunInMemoryLimit.Expect.OOM_KILLED)
    void expected() {
      fillHeap();
    }

    @Test
    @RunInMemoryLimit(value = "96M", expect = RunInMemoryLimit.Expect.OOM_KILLED)
    void expectedButTheHeapIsFullFirst() {
      fillHeap();
    }

    @Test
    @RunInMemoryLimit(value = "256M", expect = RunInMemoryLimit.Expect.OOM_KILLED)
    void expectedButModest() {}

    @Test
    @RunInMemoryLimit("12M")
    void hasNoRoomToStart() {}
  }

  @Test
  void aKillIsToldWithAllThatIsKnown() {
    Throwable failure = Runs.failure(Greedy.class, "heapLargerThanTheBox");

    assertThat(failure)
        .isInstanceOf(BoxFailure.class)
        .hasMessageStartingWith(
            "The test ran out of its memory limit of 96Mi, and the kernel killed its JVM.")
        .hasMessageContaining("OOM-killed: ")
        .hasMessageContaining("@RunInMemoryLimit(\"96M\") on Greedy.heapLargerThanTheBox")
        .hasMessageContaining("(-Xmx512m) in a box of 96Mi leaves 0B for metaspace, code cache")
        .hasMessageContaining("Both can't fit")
        .hasMessageContaining("| loading the catalogue");
    assertThat(((BoxFailure) failure).result()).isPresent();
  }

  @Test
  @Needs({Need.MEMORY_CGROUP, Need.KMSG})
  void aKillQuotesTheKernel() {
    assertThat(Runs.failure(Greedy.class, "heapLargerThanTheBox"))
        .hasMessageContaining("The kernel said: \"Memory cgroup out of memory: Killed process");
  }

  @Test
  void whereTheHeapFitsTheAdviceLooksElsewhere() {
    assertThat(Runs.failure(Greedy.class, "notTheHeap"))
        .hasMessageContaining("So the heap alone does not fill the box")
        .hasMessageContaining("direct buffers");
  }

  @Test
  void anOutOfMemoryErrorIsNoKillAndDoesNotStopTheTestsHere() {
    assertThat(Runs.failure(Greedy.class, "heapSmallerThanTheBox"))
        .isInstanceOf(BoxFailure.class)
        .hasMessageStartingWith("java.lang.OutOfMemoryError: Java heap space was thrown")
        .hasMessageContaining("the kernel killed nothing");
  }

  @Test
  void anExpectedKillPasses() {
    Runs.ofMethod(Greedy.class, "expected")
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(1));
  }

  @Test
  void aSurvivalThatWasNotExpectedFails() {
    assertThat(Runs.failure(Greedy.class, "expectedButModest"))
        .isInstanceOf(BoxFailure.class)
        .hasMessageStartingWith(
            "Expected the kernel to OOM-kill this test at 256Mi, but it passed.")
        .hasMessageContaining("no OOM kill was seen");
  }

  @Test
  void aHeapThatIsFullFirstIsToldFromASurvival() {
    assertThat(Runs.failure(Greedy.class, "expectedButTheHeapIsFullFirst"))
        .hasMessageContaining("the JVM threw OutOfMemoryError first")
        .hasMessageContaining("jvmArgs = \"-Xmx96m\"");
  }

  @Test
  void aLimitTooSmallForAnyJvmSaysWhatOneNeeds() {
    assertThat(Runs.failure(Greedy.class, "hasNoRoomToStart"))
        .isInstanceOf(BoxFailure.class)
        .hasMessageContaining("12Mi is less than it needs to start")
        .hasMessageContaining("A JVM with JUnit needs about " + BoxStory.SMALLEST_JVM);
  }
}
