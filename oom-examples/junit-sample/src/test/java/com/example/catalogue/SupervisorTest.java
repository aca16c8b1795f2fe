package com.example.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.junit.MemoryLimit;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

  /** Wants 200 MB when it runs for the first time, and little when it finds that it did. */
  private static List<String> worker(Path directory) {
    String marker = directory.resolve("ran-before").toString();
    String greedy = "exec dd if=/dev/zero of=/dev/null bs=200M count=1";
    return List.of("sh", "-c", "[ -e " + marker + " ] || { touch " + marker + "; " + greedy + "; }");
  }

  @Test
  void aWorkerThatTheKernelKilledIsStartedAgain(
      @MemoryLimit("64M") MemoryScope box, @TempDir Path directory) throws Exception {
    Supervisor supervisor = new Supervisor(command -> box.start(command).process(), 3);

    assertThat(supervisor.run(worker(directory))).isEqualTo(2);
  }

  @Test
  void withRoomEnoughItRunsOnce(@MemoryLimit("1G") MemoryScope box, @TempDir Path directory)
      throws Exception {
    Supervisor supervisor = new Supervisor(command -> box.start(command).process(), 3);

    assertThat(supervisor.run(worker(directory))).isEqualTo(1);
  }
}
