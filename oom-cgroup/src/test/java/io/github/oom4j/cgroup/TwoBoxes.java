package io.github.oom4j.cgroup;

import java.io.IOException;

/**
 * Makes a box, kills the guard of its JVM, makes another box, prints where both are, and waits for
 * ever. Takes the backend.
 */
final class TwoBoxes {

  private TwoBoxes() {}

  public static void main(String[] args) throws IOException {
    MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.parse(args[0]), 64);
    ScopedProcess first = scope.start("sleep", "1000");
    ProcessHandle guard = Boxes.guards().get(0);
    guard.destroyForcibly();
    guard.onExit().join();
    ScopedProcess second = scope.start("sleep", "1000");
    Boxes.guards().get(0);
    System.out.println(first.cgroup().path());
    System.out.println(second.cgroup().path());
    if (System.in.read() >= 0) {
      throw new IllegalStateException("nobody writes here");
    }
  }
}
