package io.github.oom4j.cgroup;

import java.io.IOException;

/**
 * Makes a box, prints where it is and who guards it, stops the guard, and starts another box, which
 * waits for the guard. Takes the backend.
 */
final class StuckLaunch {

  private StuckLaunch() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.parse(args[0]), 64);
    ScopedProcess first = scope.start("sleep", "1000");
    long guard = Boxes.guards().get(0).pid();
    Boxes.signal("STOP", guard);
    System.out.println(first.cgroup().path());
    System.out.println(guard);
    scope.start("sleep", "1000");
  }
}
