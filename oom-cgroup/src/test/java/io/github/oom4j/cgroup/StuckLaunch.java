package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import java.io.IOException;

/**
 * Makes a box, prints where it is and who guards it, stops the guard, and starts another box, which
 * waits for the guard. Takes the backend.
 */
final class StuckLaunch {

  private StuckLaunch() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    MemoryScope scope =
        MemoryScope.builder()
            .memoryMax(ByteSize.mebibytes(64))
            .backend(ScopeBackend.parse(args[0]))
            .build();
    ScopedProcess first = scope.start("sleep", "1000");
    long guard = TwoBoxes.guard().pid();
    new ProcessBuilder("kill", "-STOP", Long.toString(guard)).start().waitFor();
    System.out.println(first.cgroup().path());
    System.out.println(guard);
    scope.start("sleep", "1000");
  }
}
