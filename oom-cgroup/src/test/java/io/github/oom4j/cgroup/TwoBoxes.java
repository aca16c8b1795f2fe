package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import java.io.IOException;

/**
 * Makes a box, kills the guard of its JVM, makes another box, prints where both are, and waits for
 * ever. Takes the backend.
 */
final class TwoBoxes {

  private TwoBoxes() {}

  public static void main(String[] args) throws IOException {
    MemoryScope scope =
        MemoryScope.builder()
            .memoryMax(ByteSize.mebibytes(64))
            .backend(ScopeBackend.parse(args[0]))
            .build();
    ScopedProcess first = scope.start("sleep", "1000");
    ProcessHandle guard = guard();
    guard.destroyForcibly();
    guard.onExit().join();
    ScopedProcess second = scope.start("sleep", "1000");
    guard();
    System.out.println(first.cgroup().path());
    System.out.println(second.cgroup().path());
    if (System.in.read() >= 0) {
      throw new IllegalStateException("nobody writes here");
    }
  }

  /** The only child that is not a command: those have become what they were asked for. */
  static ProcessHandle guard() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("oom4j-guard"))
        .findFirst()
        .orElseThrow();
  }
}
