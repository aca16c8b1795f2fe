package io.github.oom4j.cgroup;

import io.github.oom4j.cgroup.internal.Guard;
import io.github.oom4j.guest.Await;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes a box, kills the guard of its JVM, makes another box, kills the guard and some of those
 * that replace it, prints where both boxes are when one lives, and waits for ever. Takes the
 * backend.
 */
final class TwoBoxes {

  private TwoBoxes() {}

  public static void main(String[] args) throws IOException {
    MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.parse(args[0]), 64);
    ScopedProcess first = scope.start("sleep", "1000");
    killGuard();
    ScopedProcess second = scope.start("sleep", "1000");
    for (int i = 0; i < 4; i++) { // each of these as soon as it is there, before it knows the boxes
      killGuard();
      Await.until(() -> !Boxes.guards().isEmpty());
    }
    if (!Await.until(() -> !Boxes.guards().isEmpty())) {
      throw new IllegalStateException("nobody guards");
    }
    new Guard().watch(Path.of("/never")); // waits until it has been told of the boxes
    System.out.println(first.cgroup().path());
    System.out.println(second.cgroup().path());
    if (System.in.read() >= 0) {
      throw new IllegalStateException("nobody writes here");
    }
  }

  private static void killGuard() {
    ProcessHandle guard = Boxes.guards().get(0);
    guard.destroyForcibly();
    guard.onExit().join();
  }
}
