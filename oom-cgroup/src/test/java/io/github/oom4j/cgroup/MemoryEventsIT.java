package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.EventSubscription.End;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** OOM kills as they are told while they happen. */
@Timeout(120)
class MemoryEventsIT {

  private static final String ON_REQUEST = "read line; exec " + Boxes.hog(300);

  private final Queue<MemoryEventsChange> told = new ConcurrentLinkedQueue<>();

  @AfterEach
  void theThreadHasEnded() {
    assertThat(EventsThread.ends()).isTrue();
  }

  static List<ScopeBackend> backends() {
    return Boxes.backends().filter(backend -> backend != ScopeBackend.CGROUP_V1).toList();
  }

  @ParameterizedTest
  @MethodSource("backends")
  @Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
  void aKillIsTold(ScopeBackend backend) throws Exception {
    EventSubscription watch;
    try (ScopedProcess job = Boxes.ofMebibytes(backend, 32).start("sh", "-c", ON_REQUEST)) {
      MemoryEvents before = job.cgroup().events();
      watch = job.cgroup().onMemoryEvents(told::add);
      job.process().getOutputStream().close();

      assertThat(Await.until(() -> kills() == 1)).isTrue();
      assertThat(job.waitFor().exitValue()).isEqualTo(137);
      MemoryEvents after = job.cgroup().events();
      assertThat(Await.until(() -> newest().equals(after))).isTrue();
      assertThat(told.element().before()).isEqualTo(before);
      assertThat(sumOfOoms()).isEqualTo(after.oom().orElseThrow());
      assertThat(watch.isOpen()).isTrue();
    }
    assertThat(watch.onEnd().get(30, TimeUnit.SECONDS)).isEqualTo(End.REMOVED);
    watch.close();
  }

  private MemoryEvents newest() {
    return told.stream().reduce((older, newer) -> newer).orElseThrow().now();
  }

  private long kills() {
    return told.stream().mapToLong(change -> change.growth().oomKill().orElse(0)).sum();
  }

  private long sumOfOoms() {
    return told.stream().mapToLong(change -> change.growth().oom().orElse(0)).sum();
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
  void aNestedKillIsToldAboveButIsNotLocal() throws Exception {
    try (NestedBox job = new NestedBox(128, 32, false, "read line <&0; " + Boxes.hog(300))) {
      Cgroup parent = Cgroup.at(job.parent());
      Queue<MemoryEventsChange> local = new ConcurrentLinkedQueue<>();
      Queue<MemoryEventsChange> inBox = new ConcurrentLinkedQueue<>();
      try (EventSubscription all = parent.onMemoryEvents(told::add);
          EventSubscription own = parent.onLocalMemoryEvents(local::add);
          EventSubscription box = Cgroup.at(job.box()).onLocalMemoryEvents(inBox::add)) {
        job.process().getOutputStream().close();
        assertThat(Await.until(() -> kills() == 1)).isTrue();
        assertThat(Await.until(() -> !inBox.isEmpty())).isTrue();
        assertThat(all.isOpen() && own.isOpen() && box.isOpen()).isTrue();
      }
      assertThat(local).isEmpty();
    }
  }

  @Test
  @Needs({Need.CGROUP_V2, Need.MEMORY_CGROUP})
  void theRootHasNone() {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> Cgroup.at(Path.of("/sys/fs/cgroup")).onMemoryEvents(told::add))
        .withMessageContaining("memory.events: ENOENT")
        .withMessageContaining("the root cgroup has none");
  }

  @Test
  @Needs(Need.CGROUP_V1)
  void version1SaysWhatItLacks() {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> Cgroup.self().onMemoryEvents(told::add))
        .withMessageContaining("takes cgroup v2")
        .withMessageContaining("memory.oom_control");
  }
}
